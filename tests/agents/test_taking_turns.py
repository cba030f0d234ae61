"""What of a model's turn counts."""

import pytest

from baton.agents.taking_turns import turn_said
from baton.contracts.asking import ANSWER_TOOL, CallSaid, Correction, Said, TurnAsked
from baton.contracts.conversation import ToolOffered
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.wire import JsonObject

PROMPT = PromptUsed(name="take_turn", version="1", digest="0" * 64)
CALL = ModelCall(model="openai:gpt-5-mini", prompt=PROMPT, seconds=1)
ANYTHING: JsonObject = {"type": "object"}
ASKED = TurnAsked(
    prompt=PROMPT,
    instructions="",
    material="",
    tools=[ToolOffered(name="look", description="Look.", takes=ANYTHING)],
    gives=ToolOffered(name="Answer", description="The answer.", takes=ANYTHING),
)


@pytest.mark.parametrize("handed", [r'{"words": "\ud83d"}', '{"words": 1e400}', '{"words": NaN}', '{"words": '])
@pytest.mark.parametrize("tool", ["look", ANSWER_TOOL, ""])
def test_what_no_history_could_keep_goes_back_to_the_model(tool: str, handed: str) -> None:
    calls = [CallSaid(tool=tool, arguments=handed)] if tool else []
    found = turn_said(ASKED, Said(text=handed, calls=calls, call=CALL))
    assert isinstance(found, Correction)
    assert found.faults == [f"{tool or ANSWER_TOOL}: its arguments are no JSON"]
