"""One goal for each way in which runs go or wait: how to bring it there, with tools whose answers are written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from baton.contracts import names
from baton.contracts.plan import Plan
from baton.contracts.review import Intervention
from tests.workflows.driver import eventually
from tests.workflows.goals.driver import Goal, add, plan, ref
from tests.workflows.goals.tools import Tools, broken, usual

SEND = {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True}
LIST = {"id": "list", "capability": "numbers", "inputs": {"count": 4}}


@dataclass(frozen=True)
class GoalStage:
    """A plan, what its people do, and how it is started besides."""

    name: str
    plan: Plan
    reach: Callable[[Goal], Awaitable[object]]
    tools: Callable[[], Tools] = Tools
    ends: bool = True
    changed: dict[str, Any] = field(default_factory=dict)


async def _approved(run: Goal) -> None:
    await run.decide("approve/mail", "approve")
    await run.result()


async def _approved_while_paused(run: Goal) -> None:
    await run.fact("two")
    await run.review("approve/mail")
    await run.handle.signal(names.PAUSE, Intervention(by="sipho", reason="stocktaking"))
    await run.decide("approve/mail", "approve")

    async def taken() -> bool | None:
        status = await run.status()
        return (status.paused is not None and status.waiting.what == "nothing") or None

    await eventually(taken)


async def _more_granted(run: Goal) -> None:
    await run.decide("budget", "more", value={"calls": 1})
    await run.review("budget", 2)


async def _waits(run: Goal) -> None:
    await run.fact("one")

    async def waits() -> bool | None:
        return any(step.state == "waiting" for step in (await run.status()).steps) or None

    await eventually(waits)


GOAL_STAGES = [
    GoalStage(
        "fan_out",
        plan(*(add(f"s{number}", number) for number in range(6)), add("after", ref("s5.value"), needs=["s0"])),
        lambda run: run.result(),
    ),
    GoalStage("waiting_for_an_approval", plan(add("one", 1), SEND), lambda run: run.review("approve/mail"), ends=False),
    GoalStage("approved", plan(add("one", 1), SEND), _approved),
    GoalStage(
        "for_each",
        plan(LIST, add("every", ref("each.value"), for_each=ref("list.numbers")), at_once=2),
        lambda run: run.result(),
    ),
    GoalStage(
        "waiting_for_a_failure_review",
        plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, add("after_bad", ref("bad.value"))),
        lambda run: run.review("failure/bad"),
        tools=lambda: Tools([*usual(), broken()]),
        ends=False,
    ),
    GoalStage("paused", plan(add("one", 1), add("two", ref("one.value")), SEND), _approved_while_paused, ends=False),
    GoalStage(
        "waiting_for_a_budget",
        plan(LIST, add("every", ref("each.value"), for_each=ref("list.numbers")), budget={"calls": 2}, at_once=1),
        _more_granted,
        ends=False,
    ),
    GoalStage(
        "waiting_a_day",
        plan(add("one", 1), {"id": "day", "capability": "wait", "inputs": {"seconds": 86_400}}),
        _waits,
        ends=False,
    ),
    GoalStage(
        "continued",
        plan(*(add(f"s{number}", number) for number in range(5)), SEND, at_once=2),
        _approved,
        changed={"continue_after_steps": 3},
    ),
]
