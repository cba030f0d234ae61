"""What a method becomes as a step: its card, the check of what it is handed, the translation of its errors."""

from datetime import timedelta

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.capability import RULES, capability, cards_of, steps_of
from activities.cards import all_cards
from baton.contracts.agents import Effect
from baton.contracts.record import StepAnswer
from baton.contracts.systems import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Throttled,
    Unavailable,
    Unexpected,
)
from baton.temporal.worker_options import ACTIVITY_POLLS


class Weight(BaseModel):
    """A parcel's weight."""

    grams: int


class Price(BaseModel):
    """What it costs to send."""

    cents: int


class Post:
    """A team of one."""

    fault: SystemFault | None = None

    @capability(agent="post office", retry=RULES, attempt_s=5, fallbacks=["courier"], optional=True)
    async def weigh(self, given: Weight) -> Price:
        """Say what a parcel costs.

        More than one line is not for the card.
        """
        if self.fault:
            raise self.fault
        return Price(cents=given.grams * 2)

    @capability(agent="post office", effect="irreversible", retry=RULES, attempt_s=5)
    async def post(self, given: Weight) -> Price:
        """Post it."""
        raise self.fault or AssertionError


async def test_a_step_takes_and_gives_models_and_says_who_did_it() -> None:
    answer = await ActivityEnvironment().run(Post().weigh, {"grams": 7})
    assert answer == StepAnswer(value={"cents": 14}, agent="post office", attempt=1)


def test_the_card_is_read_off_the_method() -> None:
    card, _ = sorted(cards_of([Post]), key=lambda each: each.name, reverse=True)
    assert (card.name, card.takes, card.gives) == ("weigh", "Weight", "Price")
    assert card.description == "Say what a parcel costs."
    assert card.gives_schema["required"] == ["cents"]
    assert (card.fallbacks, card.optional, card.effect) == (["courier"], True, "read")


def test_every_card_has_its_bound_activity() -> None:
    assert len(steps_of([Post()])) == len(cards_of([Post])) == 2


async def test_what_does_not_fit_is_refused_at_once_without_its_values() -> None:
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(Post().weigh, {"grams": "thandi@mail.example"})
    assert caught.value.non_retryable
    assert caught.value.type == "BadHandOff"
    assert "grams" in caught.value.message
    assert "thandi" not in caught.value.message


@pytest.mark.parametrize(
    ("fault", "effect", "again"),
    [
        (Unavailable("down"), "read", True),
        (Throttled("slow down", 7), "read", True),
        (Rejected("no"), "read", False),
        (NotFound("none"), "read", False),
        (Conflict("changed"), "read", False),
        (Misconfigured("key"), "read", False),
        (OutcomeUnknown("lost"), "read", True),
        (Unexpected("nonsense"), "read", True),
        (Unavailable("down"), "irreversible", True),
        (OutcomeUnknown("lost"), "irreversible", False),
        (Unexpected("nonsense"), "irreversible", False),
    ],
)
async def test_a_fault_is_translated_once(fault: SystemFault, effect: Effect, again: bool) -> None:
    office = Post()
    office.fault = fault
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(office.weigh if effect == "read" else office.post, {"grams": 1})
    assert caught.value.type == type(fault).__name__
    assert caught.value.non_retryable is not again
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(("asked", "pause"), [(7.0, 7), (36_000.0, 300), (None, None)])
async def test_a_pause_that_a_system_asks_for_is_kept_up_to_five_minutes(
    asked: float | None, pause: float | None
) -> None:
    office = Post()
    office.fault = Throttled("slow down", asked)
    with pytest.raises(ApplicationError) as caught:
        await ActivityEnvironment().run(office.weigh, {"grams": 1})
    assert caught.value.next_retry_delay == (timedelta(seconds=pause) if pause else None)


def test_every_step_has_more_attempts_than_one_frozen_worker_can_swallow() -> None:
    assert not [card.name for card in all_cards() if card.retry.attempts <= ACTIVITY_POLLS]


def test_every_step_is_taken_up_soon_after_its_worker_died() -> None:
    assert not [card.name for card in all_cards() if (card.heartbeat_s or 60) + card.retry.first_delay_s > 2.5]
