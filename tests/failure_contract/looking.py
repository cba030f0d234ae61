"""What the server says of a run, also while it comes and goes."""

from contextlib import suppress

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.service import RPCError

from tests.end_to_end.office import Handle

LONG_S = 240
"""A deadline for what takes seconds, on a machine that has much else to do."""


async def in_flight(handle: Handle, step: str) -> bool | None:
    """Whether a worker is at this step now."""
    with suppress(RPCError):
        for each in (await handle.describe()).raw_description.pending_activities:
            if each.activity_type.name == step:
                return each.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED or None
    return None
