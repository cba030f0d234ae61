"""What a model with tools is told in one turn, and what of its answer counts: tools that it has, and what they take."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import JsonValue, ValidationError

from baton.contracts.asking import ANSWER_TOOL, CallSaid, Correction, Said, TurnAsked
from baton.contracts.conversation import (
    MOST_CALLS,
    NOT_FINISHED,
    Answered,
    Asked,
    Opening,
    ToolAnswer,
    ToolCall,
    ToolOffered,
    Turn,
    Utterance,
)
from baton.contracts.wire import JsonObject, canonical_json

from .checkable import Named
from .prompting import fenced, prompt
from .unfounded import in_texts, in_told, suspicions, texts_in, texts_of, unfounded

PROMPT = "take_turn"

MOST_FAULTS = 12
MOST_WARNINGS = 24
"""Of what is read in one turn: an answer may have thousands of texts."""
LONGEST_FAULT = 300

_NOT_FINISHED = ToolOffered(
    name=NOT_FINISHED,
    description="Say that the task cannot be answered: a person goes on with it.",
    takes={
        "type": "object",
        "properties": {"why": {"type": "string", "minLength": 1, "maxLength": 1000}},
        "required": ["why"],
        "additionalProperties": False,
    },
)


def turn_asked(said: Sequence[Utterance], *, answer_now: bool) -> TurnAsked:
    """What a model is asked, after all that was said: the opening, then each turn and what came of it."""
    opening, since = _opening_of(said), [each.what for each in said[1:]]
    filled = prompt(
        PROMPT,
        {"given": canonical_json(opening.given)},
        {"task": opening.task, "answer_now": answer_now},
    )
    turns = [
        (asked, _shown(asked, answered))
        for asked, answered in zip(since[::2], since[1::2], strict=True)
        if isinstance(asked, Asked) and isinstance(answered, Answered)
    ]
    tools = [_NOT_FINISHED] if answer_now else [*opening.tools, _NOT_FINISHED]
    return TurnAsked(filled.used, filled.instructions, filled.material, tools, opening.gives, turns)


def turn_said(asked: TurnAsked, said: Said) -> Turn | Correction:
    """The turn that this is, or what is wrong with it in words for the model."""
    calls = said.calls or ([CallSaid(tool=ANSWER_TOOL, arguments=said.text)] if said.text.strip() else [])
    words = "\n".join(f"{each.tool} {each.arguments}" for each in said.calls) or said.text
    tools = {each.name: each for each in (*asked.tools, asked.gives.model_copy(update={"name": ANSWER_TOOL}))}
    faults = list(_faults(calls, tools))
    if faults:
        return Correction(words, faults[:MOST_FAULTS])
    read = [ToolCall(tool=each.tool, arguments=_json_of(each)) for each in calls]
    try:
        return Turn(answer=read[0].arguments) if read[0].tool == ANSWER_TOOL else Turn(calls=read)
    except ValidationError as wrong:
        return Correction(words, [str(each["msg"]) for each in wrong.errors()])


def grounds_of(said: Sequence[Utterance]) -> Named:
    """What a model may name: what stands in its task, in what it was given, and in what came of its calls."""
    opening, since = _opening_of(said), [each.what for each in said[1:]]
    known = in_texts([opening.task]) | in_told(canonical_json(opening.given))
    for asked, answered in zip(since[::2], since[1::2], strict=True):
        assert isinstance(asked, Asked) and isinstance(answered, Answered)
        for call, answer in zip(asked.calls, answered.answers, strict=True):
            own = in_texts(texts_of(call.arguments)) - known
            known |= in_texts([answer.note]) | (in_told(answer.text) - own)
    return known


def with_unfounded(turn: Turn, grounds: Named) -> Turn:
    """The turn with what its answer, or each of its calls, names that stands nowhere."""
    handed = [call.arguments for call in turn.calls] if turn.calls else [turn.answer]
    found = [unfounded(each, grounds) for each in handed]
    return turn.model_copy(update={"unfounded": found if any(found) else []})


def unfounded_answer(said: Said, turn: Turn) -> Correction | None:
    """What is wrong with an answer that names what stands nowhere, in words for the model; None where nothing is."""
    found = [fault for each in turn.unfounded for fault in each] if turn.answer is not None else []
    words = "\n".join(each.arguments for each in said.calls) or said.text
    advice = "leave it out, or say it as you were told it"
    return Correction(words, [f"{ANSWER_TOOL}: {each}; {advice}" for each in found]) if found else None


def warnings_about(said: Sequence[Utterance]) -> list[str]:
    """What in the newest words of others tries to steer whoever reads them, a line each."""
    last = said[-1].what
    if isinstance(last, Opening):
        read = [("what the task is about", canonical_json(last.given))]
    else:
        asked = said[-2].what
        assert isinstance(last, Answered) and isinstance(asked, Asked)
        read = [(call.tool, answer.text) for call, answer in zip(asked.calls, last.answers, strict=True)]
    found = {
        f"{source}: {warning}": None
        for source, text in read
        for words in texts_in(text)
        for warning in suspicions(words)
    }
    return list(found)[:MOST_WARNINGS]


def _opening_of(said: Sequence[Utterance]) -> Opening:
    opening = said[0].what
    assert isinstance(opening, Opening)
    return opening


def _shown(asked: Asked, answered: Answered) -> Answered:
    """The answers with our own words outside the fence, and what others wrote within it."""
    return Answered(
        answers=[
            ToolAnswer(text="\n".join(filter(None, (answer.note, answer.text and fenced(answer.text, call.tool)))))
            for call, answer in zip(asked.calls, answered.answers, strict=True)
        ]
    )


def _faults(calls: Sequence[CallSaid], tools: dict[str, ToolOffered]) -> Iterator[str]:
    if not calls:
        yield "the answer is empty"
    if len(calls) > MOST_CALLS:
        yield f"{len(calls)} calls in one turn: at most {MOST_CALLS}"
    if len(calls) > 1 and any(each.tool in (ANSWER_TOOL, NOT_FINISHED) for each in calls):
        yield f"{ANSWER_TOOL} and {NOT_FINISHED} stand alone: first ask, then answer"
    if len(set(calls)) < len(calls):
        yield "the same call twice in one turn"
    for each in calls:
        tool = tools.get(each.tool)
        if tool is None:
            yield f"there is no tool “{each.tool[:60]}”: there are {', '.join(tools)}"
        else:
            yield from _misfits(each, tool.takes)


def _misfits(call: CallSaid, schema: JsonObject) -> Iterator[str]:
    try:
        value = _json_of(call)
    except (ValueError, RecursionError):
        yield f"{call.tool}: its arguments are no JSON"
        return
    if not isinstance(value, dict):
        yield f"{call.tool}: its arguments are no object"
        return
    for error in Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value):
        place = "/".join(map(str, error.absolute_path)) or "the whole"
        yield f"{call.tool}: {place}: {error.message}"[:LONGEST_FAULT]


def _json_of(call: CallSaid) -> JsonValue:
    """What it is called with. Raises ValueError and RecursionError where a history could not keep it."""

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    text = call.arguments.strip()
    if text.startswith("```") and text.endswith("```"):
        text = text.removesuffix("```").split("\n", 1)[-1]
    read: JsonValue = json.loads(text or "{}", parse_constant=refuse)
    canonical_json(read).encode()  # Python reads numbers without end, and halves of characters, that nobody else takes
    return read
