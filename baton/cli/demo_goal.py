"""What the demo of a goal adds: a goal, a fault in the best agent's system, and the answer at the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from baton.cli.console import line
from baton.cli.goals import new_goal_id, show_goal_plan, start_run
from baton.cli.installation import Installation
from baton.cli.planning import goal_plan
from baton.cli.problems import Problem
from baton.cli.runs import Runs

GOAL = (
    "Total of the orders of thandi.nkosi@posbus.example, and mail thandi.nkosi@posbus.example "
    '"We are looking at your orders"'
)
"""Her orders are read one beside the other; a person approves the mail."""

_REFUSES = {"kind": "fail", "status": 422, "count": None, "match": {"method": "GET", "path": "/orders/*"}}


@asynccontextmanager
async def orders_unread(installation: Installation) -> AsyncIterator[None]:
    """The order system refuses to show any order meanwhile; what else it does it does."""
    demo = installation.demo
    if demo is None:
        raise Problem("The demo of a goal needs the demo systems, and the settings name your own.")
    if not installation.owner:
        raise Problem(f"It would break what another `up` or `demo` runs in {installation.settings.state_dir}.")
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        (await http.post(f"{demo.orders_url}/faults", json=_REFUSES)).raise_for_status()
        try:
            line("What breaks here: the order system shows no order, so the next best agent takes these steps.", "bad")
            line("")
            yield
        finally:
            await http.delete(f"{demo.orders_url}/faults")


async def hand_in(runs: Runs, installation: Installation, words: str, *, may_ask: bool) -> str:
    """Plan the goal, show the plan, start it; its id. Raises Problem where there is none."""
    settings = installation.settings
    made = await goal_plan(settings, words, None, may_ask=may_ask, runs=runs)
    show_goal_plan(settings, made)
    if made.plan is None:
        raise Problem("`demo --text` shows an enquiry.")
    line("")
    goal_id = new_goal_id()
    await start_run(runs, settings, goal_id, made.plan, planned_by=made.planned_by)
    return goal_id
