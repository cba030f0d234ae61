"""An agent of one's own that changes something is repeated only as far as its effect allows."""

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError

from activities.own_agents import OwnAgent
from baton.agents import Write, agent
from baton.agents.marking import MARK
from baton.contracts.systems import Unavailable
from tests.activities.attempts import attempt, overtaken, word, words

told_under: list[str] = []
faults: list[Exception] = []
HANDED = {"text": "x", "key": "GOAL-1/a/1/0"}


class Tell(Write):
    """Words."""

    text: str


class Told(BaseModel):
    """What was told."""

    text: str


@agent(effect="idempotent_write", no_undo="what was said is said")
async def tell(given: Tell) -> Told:
    """Tell it."""
    return await _tell(given)


@agent(effect="irreversible", no_undo="what was said is said")
async def shout(given: Tell) -> Told:
    """Shout it."""
    return await _tell(given)


async def _tell(given: Tell) -> Told:
    if faults:
        raise faults.pop()
    told_under.append(given.key)
    return Told(text=given.text)


@pytest.fixture(autouse=True)
def quiet() -> None:
    """Nothing was done yet."""
    told_under.clear()
    faults.clear()


def own(function: object) -> OwnAgent:
    return OwnAgent(function, getattr(function, MARK), __name__)


async def test_what_can_be_repeated_is_repeated_under_its_key_after_an_attempt_that_died() -> None:
    await attempt().run(own(tell).step, HANDED)
    await attempt(2, last_word=word("dispatching")).run(own(tell).step, HANDED)
    assert told_under == [HANDED["key"]] * 2


async def test_what_cannot_be_repeated_leaves_its_word_first() -> None:
    within = attempt()
    left = words(within)
    await within.run(own(shout).step, HANDED)
    assert (left, told_under) == (["dispatching"], [HANDED["key"]])


async def test_what_cannot_be_repeated_is_for_a_person_after_an_attempt_that_died() -> None:
    with pytest.raises(ApplicationError) as caught:
        await attempt(2, last_word=word("dispatching")).run(own(shout).step, HANDED)
    assert (caught.value.type, caught.value.non_retryable, told_under) == ("OutcomeUnknown", True, [])


@pytest.mark.parametrize(("fault", "again"), [(Unavailable("not reached"), True), (ValueError("odd"), False)])
async def test_what_cannot_be_repeated_is_tried_again_only_where_surely_nothing_was_done(
    fault: Exception, again: bool
) -> None:
    faults.append(fault)
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(own(shout).step, HANDED)
    assert (caught.value.non_retryable, caught.value.details) == (not again, (1, not again))


@pytest.mark.parametrize("function", [tell, shout])
async def test_nobody_can_look_up_what_an_agent_of_ones_own_did(function: object) -> None:
    handed = {**HANDED, "unknown_keys": [HANDED["key"]], "only_look": True}
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(own(function).step, handed)
    assert (caught.value.type, caught.value.non_retryable, told_under) == ("OutcomeUnknown", True, [])


@pytest.mark.parametrize("function", [tell, shout])
async def test_what_changes_something_is_not_begun_in_an_attempt_that_nobody_counts_on(function: object) -> None:
    with overtaken(), pytest.raises(ApplicationError) as caught:
        await attempt().run(own(function).step, HANDED)
    assert (caught.value.type, told_under) == ("Overtaken", [])
