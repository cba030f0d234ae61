"""A goal's history leads the same way again, whatever came in which order."""

from temporalio.client import Client

from baton.temporal.replaying import replay_failure
from workflows.goal import GoalWorkflow

from .driver import add, goal, plan, ref
from .tools import Tools, broken, usual


async def test_a_history_of_everything_that_a_plan_may_say_is_replayed(client: Client) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 9}},
        add("every", ref("each.value"), for_each=ref("list.numbers")),
        *(add(f"s{number}", 100 + number % 18) for number in range(20)),
        {"id": "moment", "capability": "wait", "inputs": {"seconds": 0.2}},
        {"id": "which", "capability": "ask_person", "inputs": {"question": "Which?"}, "needs": ["moment"]},
        {"id": "broken", "capability": "broken", "inputs": {"value": 1}, "optional": True},
        {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True, "needs": ["which"]},
        add("unwanted", 99, when=[{"fact": "which.text", "op": "==", "value": "none"}]),
        {"id": "answer", "capability": "compose", "needs": ["mail", "every"]},
        budget={"calls": 27},
        at_once=4,
    )
    async with goal(client, planned, Tools([*usual(), broken()])) as run:
        await run.decide("budget", "more", value={"calls": 100})
        await run.decide("ask/which", "answer", value="this one")
        await run.decide("approve/mail", "approve")
        assert (await run.result()).outcome == "reached"
        history = await run.handle.fetch_history()
    for _ in range(3):
        assert await replay_failure(history, GoalWorkflow) is None
