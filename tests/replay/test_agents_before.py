"""Tasks of agents that were under way when the rules for them changed go on as they began.

Their histories were written by the code before (1302516): make_histories cannot write them anew.
"""

from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from baton.contracts.names import TAKE_TURN
from baton.temporal.replaying import replay_failure
from tests.models.errands import ErrandsWorkflow

BEFORE = Path(__file__).with_name("before")


async def test_an_agent_that_was_granted_more_gets_as_much_as_it_was_granted_then() -> None:
    """Two requests, and a third to answer in; then `{"turns": 1}`, refused today; then `{"calls": 1}`, more today."""
    assert await _last_turns("agent_granted_more") == [False, False, True, True, True]


async def test_an_agent_that_went_on_without_a_tool_whose_settings_are_wrong_asks_nobody() -> None:
    assert await _last_turns("agent_refused_by_a_system") == [False, False]


async def _last_turns(name: str) -> list[bool]:
    """Of each turn, whether it is the last; replay itself does not compare what a step is handed."""
    seen: list[bool] = []

    class Seen(WorkflowOutboundInterceptor):
        def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
            if input.activity.startswith(TAKE_TURN.name):
                seen.append(input.args[0]["answer_now"])
            return super().start_activity(input)

    class Seeing(WorkflowInboundInterceptor):
        def init(self, outbound: WorkflowOutboundInterceptor) -> None:
            super().init(Seen(outbound))

    class Turns(Interceptor):
        def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
            return Seeing

    text = (BEFORE / f"{name}.json").read_text(encoding="utf-8")
    history = WorkflowHistory.from_json("errands/before", text)
    assert await replay_failure(history, ErrandsWorkflow, more=(Turns(),)) is None
    return seen
