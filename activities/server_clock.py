"""The server's time: two workers may have clocks that differ, and one may be put forward or back."""

import time
from datetime import datetime, timedelta

from temporalio import activity

from .standing import standing


def server_now() -> datetime:
    """Now: when the server says that this attempt began, and how long ago that is."""
    return activity.info().started_time + timedelta(seconds=time.monotonic() - standing().began)
