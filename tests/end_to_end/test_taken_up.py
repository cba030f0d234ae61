"""A worker dies by kill -9 while another stands by: what it was at goes on without waiting for any attempt's bound."""

from pathlib import Path

import pytest
from temporalio.client import Client

from baton.temporal.embedded import ServerAddress

from .takeovers import TAKE_OVERS, TakeOver

NOT_BY_A_DEFAULT_S = 9.0
"""Temporal's own bounds begin at 10 s: those of a workflow task and of a cached run. An attempt's here is 60 s."""
ALWAYS_TRIED = ("a step that changes something", "a decision on a waiting review")


@pytest.mark.parametrize(
    "take_over",
    [
        pytest.param(each, id=name, marks=() if name in ALWAYS_TRIED else pytest.mark.long)
        for name, each in TAKE_OVERS.items()
    ],
)
async def test_what_a_killed_worker_was_at_is_taken_up_before_any_default_bound_is_over(
    client: Client, server: ServerAddress, tmp_path: Path, take_over: TakeOver
) -> None:
    """One trial each, and it counts: what is late here waited for a bound that should have been shorter.

    How fast it is (three seconds on a machine that is not overloaded) is measured: `python -m bench.taken_up`.
    """
    assert await take_over(client, server, tmp_path) < NOT_BY_A_DEFAULT_S
