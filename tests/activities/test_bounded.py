"""An answer that is too large is refused by the step itself, once, and an effect does not pass for undone by it."""

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError

from activities.bounded import TOO_LARGE
from activities.capability import capability
from activities.standing import standing
from baton.contracts.agents import Effect
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.sizes import MOST_GIVEN, size_of

from .attempts import attempt

_PAID = ModelCall(model="openai:gpt-5-mini", prompt=PromptUsed(name="x", version="1", digest="0" * 64), seconds=1)


class Length(BaseModel):
    """How long it shall be."""

    letters: int
    letter: str = "x"
    not_done: bool = False
    paid: int = 0


class Label(BaseModel):
    """What stands on it."""

    text: str


class Printer:
    """Prints labels of any length."""

    @capability(agent="printer", effect="read", attempt_s=5)
    async def preview(self, given: Length) -> Label:
        """Show a label."""
        standing().calls += [_PAID] * given.paid
        return Label(text=given.letter * given.letters)

    @capability(agent="printer", effect="idempotent_write", attempt_s=5)
    async def print_label(self, given: Length) -> Label:
        """Print a label."""
        if given.not_done:
            standing().may_be_done = False
        return Label(text="x" * given.letters)


@pytest.mark.parametrize(
    ("effect", "not_done", "may_be_done"),
    [("read", False, False), ("idempotent_write", False, True), ("idempotent_write", True, False)],
)
async def test_what_is_too_large_is_refused_for_good_and_told_with_its_size(
    effect: Effect, *, not_done: bool, may_be_done: bool
) -> None:
    step = Printer().preview if effect == "read" else Printer().print_label
    with pytest.raises(ApplicationError, match=r"the answer has 1,700,0\d\d bytes, more than can be kept") as refused:
        await attempt(2).run(step, {"letters": MOST_GIVEN, "not_done": not_done})
    assert (refused.value.type, refused.value.non_retryable) == (TOO_LARGE, True)
    assert refused.value.details == (2, may_be_done)


async def test_what_is_just_small_enough_is_given() -> None:
    answer = await attempt().run(Printer().preview, {"letters": 1})
    around = size_of(answer.model_dump(mode="json")) - 1
    answer = await attempt().run(Printer().preview, {"letters": MOST_GIVEN - around})
    assert not answer.stored


async def test_what_it_took_counts_as_well_and_is_told_where_the_answer_is_not_kept() -> None:
    with pytest.raises(ApplicationError) as refused:
        await attempt().run(Printer().preview, {"letters": MOST_GIVEN - 1_000, "paid": 20})
    assert refused.value.type == TOO_LARGE
    assert refused.value.details == (1, False, [_PAID.model_dump(mode="json")] * 20)


async def test_an_answer_that_json_cannot_carry_is_a_failure_like_any_other_and_tells_what_it_took() -> None:
    with pytest.raises(ApplicationError) as refused:
        await attempt().run(Printer().preview, {"letters": 1, "letter": "\ud83d", "paid": 1})
    assert refused.value.type == "UnicodeEncodeError"
    assert refused.value.details == (1, False, [_PAID.model_dump(mode="json")])
