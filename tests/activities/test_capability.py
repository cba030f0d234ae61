"""What a method becomes as a step: its card, the check of what it takes, its time, the translation of its errors."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.capability import HEARTBEAT_S, capability, cards_of, steps_of
from activities.cards import all_cards
from activities.retries import RETRY_OF, RULES, a_few
from baton.contracts.agents import Card, Effect, able
from baton.contracts.enquiry import Enquiry
from baton.contracts.mail import Message
from baton.contracts.record import EnquiryStart, StepAnswer
from baton.contracts.systems import (
    Conflict,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    Throttled,
    Unavailable,
    Unexpected,
)
from baton.temporal.heartbeats import Overtaken
from baton.temporal.worker_options import ACTIVITY_POLLS

from .attempts import attempt


class Weight(BaseModel):
    """A parcel's weight."""

    grams: int


class Price(BaseModel):
    """What it costs to send."""

    cents: int


class Post:
    """A team of one."""

    fault: Exception | None = None
    takes_s: float = 0

    @capability(agent="post office", retry=RULES, attempt_s=5, fallbacks=["courier"], optional=True)
    async def weigh(self, given: Weight) -> Price:
        """Say what a parcel costs.

        More than one line is not for the card.
        """
        return await self._price(given)

    @capability(agent="post office", effect="irreversible", attempt_s=5)
    async def post(self, given: Weight) -> Price:
        """Post it."""
        return await self._price(given)

    @capability(agent="post office", effect="idempotent_write", attempt_s=5)
    async def label(self, given: Weight) -> Price:
        """Write a label."""
        return await self._price(given)

    @capability(agent="clever post office", effect="model", attempt_s=5)
    async def estimate(self, given: Weight) -> Price:
        """Guess what a parcel costs."""
        return await self._price(given)

    async def _price(self, given: Weight) -> Price:
        await asyncio.sleep(self.takes_s)
        if self.fault:
            raise self.fault
        return Price(cents=given.grams * 2)


def step_of(office: Post, effect: Effect) -> Callable[..., Any]:
    steps: dict[Effect, Callable[..., Any]] = {
        "read": office.weigh,
        "model": office.estimate,
        "idempotent_write": office.label,
        "irreversible": office.post,
    }
    return steps[effect]


async def failure_of(
    fault: Exception, effect: Effect = "read", within: ActivityEnvironment | None = None
) -> ApplicationError:
    """How a step that ends so is reported."""
    office = Post()
    office.fault = fault
    with pytest.raises(ApplicationError) as caught:
        await (within or attempt()).run(step_of(office, effect), {"grams": 1})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return caught.value


async def test_a_step_takes_and_gives_models_and_says_who_did_it() -> None:
    answer = await attempt().run(Post().weigh, {"grams": 7})
    assert answer == StepAnswer(value={"cents": 14}, agent="post office", attempt=1)


def test_the_card_is_read_off_the_method() -> None:
    cards = {each.name: each for each in cards_of([Post])}
    card = cards["weigh"]
    assert (card.takes, card.gives) == ("Weight", "Price")
    assert card.description == "Say what a parcel costs."
    assert card.gives_schema["required"] == ["cents"]
    assert (card.fallbacks, card.optional, card.effect) == (["courier"], True, "read")


def test_runs_of_one_day_hold_the_same_cards_and_a_run_from_before_its_own() -> None:
    def started(cards: list[Card]) -> list[Card]:
        enquiry = Enquiry(enquiry_id="INQ-1", message=Message(text="Hello"), received_at=datetime.now(UTC))
        return EnquiryStart.model_validate_json(EnquiryStart(enquiry=enquiry, cards=cards).model_dump_json()).cards

    today = cards_of([Post])
    before = [each.model_copy(update={"attempt_s": each.attempt_s + 1}) for each in today]
    first, second, earlier = started(today), started(today), started(before)
    assert first == today
    assert all(mine is other for mine, other in zip(first, second, strict=True))
    assert earlier == before


def test_a_step_is_repeated_as_its_kind_of_effect_is_unless_it_says_otherwise() -> None:
    cards = {each.name: each for each in cards_of([Post])}
    assert cards["weigh"].retry == RULES
    for name, effect in (("post", "irreversible"), ("label", "idempotent_write"), ("estimate", "model")):
        assert cards[name].retry == RETRY_OF[effect]  # type: ignore[index]


def test_a_model_may_stand_in_for_rules_and_the_other_way_round() -> None:
    cards = {each.name: each for each in cards_of([Post])}
    assert able("weigh", cards) == able("estimate", cards) == ["estimate", "weigh"]
    assert able("post", cards) == ["post"]


def test_every_card_has_its_bound_activity() -> None:
    assert len(steps_of([Post()])) == len(cards_of([Post])) == 4


async def test_what_does_not_fit_is_refused_at_once_without_its_values() -> None:
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(Post().weigh, {"grams": "thandi@mail.example"})
    assert caught.value.non_retryable
    assert caught.value.type == "BadHandOff"
    assert "grams" in caught.value.message
    assert "thandi" not in caught.value.message


@pytest.mark.parametrize(
    ("fault", "effect", "again", "may_be_done"),
    [
        (Unavailable("down"), "read", True, False),
        (Throttled("slow down", 7), "read", True, False),
        (Rejected("no"), "read", False, False),
        (NotFound("none"), "read", False, False),
        (Conflict("changed"), "read", False, False),
        (Misconfigured("key"), "read", False, False),
        (OutcomeUnknown("lost"), "read", True, False),
        (Unexpected("nonsense"), "read", True, False),
        (Throttled("slow down", 7), "model", True, False),
        (Unavailable("down"), "idempotent_write", True, None),
        (OutcomeUnknown("lost"), "idempotent_write", True, True),
        (Rejected("no"), "idempotent_write", False, None),
        (Unavailable("down"), "irreversible", True, None),
        (Throttled("slow down", 7), "irreversible", True, None),
        (Rejected("no"), "irreversible", False, None),
        (OutcomeUnknown("lost"), "irreversible", False, True),
        (Unexpected("nonsense"), "irreversible", False, True),
        (KeyError("price"), "irreversible", False, True),
        (Overtaken("given up"), "read", True, False),
    ],
)
async def test_a_fault_is_translated_once(
    fault: Exception, effect: Effect, again: bool, may_be_done: bool | None
) -> None:
    # None: in the third attempt nobody knows what the second did.
    failure = await failure_of(fault, effect, attempt(3))
    assert failure.type == type(fault).__name__
    assert failure.non_retryable is not again
    assert failure.details == (3, may_be_done)


async def test_a_connectors_own_kind_of_fault_is_known_by_the_contracts() -> None:
    class WooIsDown(Unavailable):
        pass

    assert (await failure_of(WooIsDown("down"))).type == "Unavailable"


@pytest.mark.parametrize(("asked", "pause"), [(7.0, 7), (36_000.0, 300), (None, None)])
@pytest.mark.parametrize("effect", ["read", "model"])
async def test_a_pause_that_a_system_asks_for_is_kept_up_to_five_minutes(
    effect: Effect, asked: float | None, pause: float | None
) -> None:
    failure = await failure_of(Throttled("slow down", asked), effect)
    assert failure.next_retry_delay == (timedelta(seconds=pause) if pause else None)


@pytest.mark.parametrize("fault", [Unexpected("nonsense"), KeyError("price")])
async def test_what_seldom_mends_itself_gets_a_few_attempts(fault: Exception) -> None:
    assert not (await failure_of(fault, within=attempt(3))).non_retryable
    assert (await failure_of(fault, within=attempt(4))).non_retryable


def test_a_few_are_more_where_nobody_waits() -> None:
    assert a_few(None) == 4
    assert a_few(attempt(attempts=1_440).info.retry_policy) == 480


async def test_an_agent_that_raises_anything_is_told_by_its_class_and_clean_words() -> None:
    words = "no price for thandi.nkosi@posbus.example, phone +27 82 555 0134, api_key=sk-123abc " + "x" * 900
    failure = await failure_of(ValueError(words))
    assert failure.type == "ValueError"
    assert "no price for" in failure.message
    assert "(test_capability.py:" in failure.message
    for secret in ("thandi", "555", "sk-123abc"):
        assert secret not in failure.message
    assert len(failure.message) <= 500


async def test_a_models_complaint_is_told_without_the_values_in_it() -> None:
    try:
        Weight.model_validate({"grams": "thandi@mail.example"})
    except ValueError as error:
        failure = await failure_of(error)
    assert failure.type == "ValidationError"
    assert failure.message.startswith("grams: int_parsing (")


@pytest.mark.parametrize(
    ("effect", "kind", "again"),
    [
        ("read", "Unavailable", True),
        ("model", "Unavailable", True),
        ("idempotent_write", "Unavailable", True),
        ("irreversible", "OutcomeUnknown", False),
    ],
)
async def test_an_attempt_that_hangs_ends_itself_before_temporal_starts_the_next(
    effect: Effect, kind: str, again: bool
) -> None:
    office = Post()
    office.takes_s = 30
    with pytest.raises(ApplicationError, match="within the time that one attempt has") as caught:
        async with asyncio.timeout(5):
            await attempt(seconds=0.3).run(step_of(office, effect), {"grams": 1})
    assert (caught.value.type, caught.value.non_retryable) == (kind, not again)


async def test_a_cancelled_attempt_is_cancelled_and_no_failure() -> None:
    office = Post()
    office.takes_s = 30
    environment = attempt()
    running = asyncio.ensure_future(environment.run(office.weigh, {"grams": 1}))
    await asyncio.sleep(0.05)
    environment.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def test_every_step_has_more_attempts_than_one_frozen_worker_can_swallow() -> None:
    assert all(card.retry.attempts > ACTIVITY_POLLS for card in all_cards())
    assert all(retry.attempts > ACTIVITY_POLLS for retry in RETRY_OF.values())


def test_every_step_shows_soon_that_its_worker_died_and_begins_again_soon() -> None:
    assert {card.heartbeat_s for card in all_cards()} == {HEARTBEAT_S}
    assert all(HEARTBEAT_S + retry.first_delay_s <= 2.5 for retry in RETRY_OF.values())
