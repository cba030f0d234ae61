"""An answer in the right form that is not what its task gives all the same: how its agent is told."""

from pydantic import BaseModel, JsonValue, ValidationError

from baton.contracts.asking import ANSWER_TOOL, misfits_in_words
from baton.contracts.conversation import Answered, Asked, ToolAnswer, ToolCall

_LONGEST_FAULT = 300


def misfit_of(gives: type[BaseModel], answer: JsonValue) -> ValidationError | None:
    """Why an answer is not what a task gives; None where it is, or where there is none yet."""
    if answer is None:
        return None
    try:
        gives.model_validate(answer)
    except ValidationError as error:
        return error
    return None


def sent_back(answer: JsonValue, wrong: ValidationError) -> tuple[Asked, Answered]:
    """What is said of it: the answer, and its faults as the task's own model words them.

    They may repeat words of the answer: so they are told as a tool's words are, and count for no more.
    """
    told = "\n".join(each[:_LONGEST_FAULT] for each in misfits_in_words(wrong))
    note = "This answer does not fit. Answer again, whole, with these mended:"
    return (
        Asked(calls=[ToolCall(tool=ANSWER_TOOL, arguments=answer if isinstance(answer, dict) else {})]),
        Answered(answers=[ToolAnswer(note=note, text=told)]),
    )
