"""Every write is done once: whatever became of earlier attempts, and whatever the system can tell of them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import BaseModel
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.capability import capability
from activities.once import LATE_S, Ledger, Once
from baton.contracts.systems import Conflict, OutcomeUnknown, Rejected, Unavailable, Unexpected
from baton.temporal.heartbeats import UNSURE, Overtaken

from .attempts import attempt, word, words

KEY = "INQ-1/a1/1/0"


class Order(BaseModel):
    """What is to be done, under which key."""

    key: str = KEY
    earlier_keys: list[str] = []
    unknown_keys: list[str] = []
    only_look: bool = False


class Receipt(BaseModel):
    """It was done."""

    key: str


class Shop:
    """A system of any kind, and the desk that has things done there."""

    def __init__(self, *, keys: bool = True, evidence: bool = False, same_key_is_safe: bool = True) -> None:
        self.done: list[str] = []
        self.asked: list[str] = []
        self.keys = keys
        self.act_fault: Exception | None = None
        self.find_fault: Exception | None = None
        self.evidence: Callable[[str], Awaitable[Receipt | None]] | None = self.seen if evidence else None
        self.shows: Receipt | Exception | None = None
        self.dispatched_on: list[str] = []
        self.ledger = Ledger(self.find, same_key_is_safe=same_key_is_safe)

    @capability(agent="shop", effect="idempotent_write", attempt_s=5)
    async def act(self, given: Order) -> Receipt:
        """Have it done."""
        once = Once(self.ledger, given, evidence=self.evidence)
        return await once.look_up() or await once.dispatch(lambda: self.perform(given.key), version="7")

    async def perform(self, key: str) -> Receipt:
        """Do it."""
        if self.act_fault:
            raise self.act_fault
        self.done.append(key)
        return Receipt(key=key)

    async def find(self, key: str) -> Receipt | None:
        """What was done under a key."""
        self.asked.append(key)
        if self.find_fault:
            raise self.find_fault
        if not self.keys:
            raise Rejected("no keys are kept")
        return Receipt(key=key) if key in self.done else None

    async def seen(self, version: str) -> Receipt | None:
        """What shows."""
        self.dispatched_on.append(version)
        if isinstance(self.shows, Exception):
            raise self.shows
        return self.shows


def mail_system(*, can_tell: bool) -> Shop:
    return Shop(keys=can_tell, same_key_is_safe=False)


def without_keys() -> Shop:
    return Shop(keys=False)


def silent_mail() -> Shop:
    return mail_system(can_tell=False)


def telling_mail() -> Shop:
    return mail_system(can_tell=True)


async def run(shop: Shop, within: ActivityEnvironment, **given: object) -> str:
    answer = await within.run(shop.act, Order.model_validate(given).model_dump())
    return Receipt.model_validate(answer.value).key


async def failure(shop: Shop, within: ActivityEnvironment, **given: object) -> ApplicationError:
    with pytest.raises(ApplicationError) as caught:
        await run(shop, within, **given)
    return caught.value


# ── with keys ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_first_attempt_costs_no_look_up_and_no_word_where_keys_are_kept() -> None:
    shop = Shop()
    await run(shop, attempt(), key="INQ-0/a1/1/0")  # the first effect of a worker learns what the shop can do
    shop.asked.clear()
    environment = attempt()
    left = words(environment)
    assert await run(shop, environment) == KEY
    assert (shop.asked, left) == ([], [])


async def test_a_second_attempt_looks_the_key_up_and_takes_the_result() -> None:
    shop = Shop()
    shop.done = [KEY]
    assert await run(shop, attempt(2)) == KEY
    assert shop.done == [KEY]


async def test_a_rerun_looks_up_earlier_keys_and_then_its_own() -> None:
    shop = Shop()
    again = "INQ-1/a1/1/1"
    assert await run(shop, attempt(), key=again, earlier_keys=[KEY]) == again
    assert shop.asked[:2] == [KEY, again]
    shop.done = [KEY]
    assert await run(shop, attempt(), key=again, earlier_keys=[KEY]) == KEY


async def test_what_was_not_done_is_done() -> None:
    shop = Shop()
    assert await run(shop, attempt(2)) == KEY
    assert shop.done == [KEY]


async def test_a_lost_answer_is_tried_again_where_keys_are_kept() -> None:
    shop = Shop()
    shop.act_fault = OutcomeUnknown("lost")
    lost = await failure(shop, attempt())
    assert (lost.type, lost.non_retryable, lost.details) == ("OutcomeUnknown", False, (1, True))


async def test_a_look_up_that_fails_leaves_open_whether_an_attempt_that_died_did_it() -> None:
    shop = Shop()
    shop.find_fault = Unavailable("down")
    unknown = await failure(shop, attempt(2))
    assert (unknown.type, unknown.non_retryable, unknown.details) == ("Unavailable", False, (2, True))
    assert "what became of an earlier attempt is not known" in unknown.message


async def test_an_attempt_that_dispatched_nothing_says_so_to_the_next() -> None:
    shop = Shop()
    shop.act_fault = Unavailable("down")
    environment = attempt()
    left = words(environment)
    known = await failure(shop, environment)
    assert (known.non_retryable, known.details) == (False, (1, False))
    assert left[-1] == "not dispatched"
    shop.find_fault = Unavailable("down")
    assert (await failure(shop, attempt(2, last_word=word("not dispatched")))).details == (2, False)
    assert (await failure(shop, attempt(3, last_word=word("dispatching")))).details == (3, True)


async def test_an_attempt_that_did_not_even_come_to_dispatch_says_so_too() -> None:
    shop = Shop()
    shop.find_fault = Unavailable("down")
    environment = attempt()
    left = words(environment)
    assert (await failure(shop, environment)).details == (1, False)
    assert left == ["not dispatched"]


async def test_an_attempt_after_one_that_dispatched_nothing_takes_that_word_back_before_it_acts() -> None:
    environment = attempt(2, last_word=word("not dispatched"))
    left = words(environment)
    await run(Shop(), environment)
    assert left == ["dispatching"]


async def test_nonsense_in_answer_to_a_write_may_mean_that_it_was_done() -> None:
    shop = Shop()
    shop.act_fault = Unexpected("not JSON")
    assert (await failure(shop, attempt())).details == (1, True)
    shop.act_fault = ValueError("a slip in a connector")
    assert (await failure(shop, attempt())).details == (1, True)


async def test_a_refusal_proves_that_it_was_not_done() -> None:
    shop = Shop()
    shop.act_fault = Rejected("no")
    refused = await failure(shop, attempt())
    assert (refused.non_retryable, refused.details) == (True, (1, False))


# ── without keys ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", [without_keys, silent_mail, telling_mail])
async def test_what_cannot_be_repeated_leaves_its_word_before_it_is_dispatched(
    made: Callable[[], Shop],
) -> None:
    shop = made()
    environment = attempt()
    left = words(environment)
    await run(shop, environment)
    assert left == ["dispatching"]


@pytest.mark.parametrize("made", [without_keys, silent_mail])
@pytest.mark.parametrize("fault", [OutcomeUnknown("lost"), Unexpected("nonsense"), KeyError("a slip")])
async def test_where_nobody_can_tell_a_lost_answer_is_for_a_person(made: Callable[[], Shop], fault: Exception) -> None:
    shop = made()
    shop.act_fault = fault
    lost = await failure(shop, attempt())
    assert (lost.type, lost.non_retryable, lost.details) == (type(fault).__name__, True, (1, True))


@pytest.mark.parametrize("left", [word("dispatching"), UNSURE], ids=["dispatching", "unsure"])
@pytest.mark.parametrize("made", [without_keys, silent_mail])
async def test_after_an_attempt_that_died_in_the_middle_a_person_decides(made: Callable[[], Shop], left: str) -> None:
    shop = made()
    unknown = await failure(shop, attempt(2, last_word=left))
    assert (unknown.type, unknown.non_retryable, unknown.details) == ("OutcomeUnknown", True, (2, True))
    assert shop.done == []


@pytest.mark.parametrize("left", ["", word("not dispatched")], ids=["no word", "not dispatched"])
@pytest.mark.parametrize("made", [without_keys, silent_mail, telling_mail])
async def test_after_an_attempt_that_dispatched_nothing_it_is_done(made: Callable[[], Shop], left: str) -> None:
    assert await run(made(), attempt(2, last_word=left)) == KEY


async def test_the_evidence_settles_what_an_attempt_without_keys_did() -> None:
    shop = Shop(keys=False, evidence=True)
    shop.shows = Receipt(key="seen")
    assert await run(shop, attempt(2, last_word=word("dispatching", version="7"))) == "seen"
    assert (shop.done, shop.dispatched_on) == ([], ["7"])
    shop.shows = None
    assert await run(shop, attempt(2, last_word=word("dispatching", version="7"))) == KEY


async def test_with_evidence_a_lost_answer_is_tried_again() -> None:
    shop = Shop(keys=False, evidence=True)
    shop.act_fault = OutcomeUnknown("lost")
    assert not (await failure(shop, attempt())).non_retryable


async def test_evidence_that_cannot_tell_is_for_a_person() -> None:
    shop = Shop(keys=False, evidence=True)
    shop.shows = OutcomeUnknown("something else changed")
    unknown = await failure(shop, attempt(2, last_word=word("dispatching")))
    assert (unknown.message, unknown.non_retryable) == ("something else changed", True)
    assert shop.done == []


async def test_evidence_that_cannot_be_had_now_is_asked_for_again() -> None:
    shop = Shop(keys=False, evidence=True)
    shop.shows = Unavailable("down")
    unknown = await failure(shop, attempt(2, last_word=word("dispatching")))
    assert (unknown.non_retryable, unknown.details) == (False, (2, True))


async def test_a_person_who_has_it_done_again_has_said_that_it_was_not_done() -> None:
    shop = Shop(keys=False, evidence=True)
    again = "INQ-1/a1/1/1"
    shop.shows = OutcomeUnknown("something else changed")
    assert await run(shop, attempt(), key=again, earlier_keys=[KEY]) == again
    shop.shows = Receipt(key="seen")
    assert await run(shop, attempt(), key=again, earlier_keys=[KEY]) == "seen"


async def test_a_key_that_is_in_doubt_is_never_taken_for_not_done() -> None:
    unknown = await failure(Shop(keys=False), attempt(), unknown_keys=[KEY])
    assert (unknown.type, unknown.non_retryable, unknown.details) == ("OutcomeUnknown", True, (1, True))
    kept = Shop()
    kept.done = [KEY]
    await run(kept, attempt(), unknown_keys=[KEY])
    assert kept.done == [KEY]
    kept.find_fault = Unavailable("down")
    assert (await failure(kept, attempt(), unknown_keys=[KEY])).details == (1, True)


# ── only looking ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_whoever_only_looks_does_nothing() -> None:
    shop = Shop()
    late = word("dispatching", ago_s=LATE_S + 5)
    gone = await failure(shop, attempt(2, last_word=late), unknown_keys=[KEY], only_look=True)
    assert (gone.type, gone.message, gone.non_retryable, gone.details) == (
        "NotFound",
        "it was not done",
        True,
        (2, False),
    )
    shop.done = [KEY]
    assert await run(shop, attempt(), unknown_keys=[KEY], only_look=True) == KEY
    assert shop.done == [KEY]


async def test_whoever_only_looks_believes_that_nothing_was_done_only_after_a_while() -> None:
    waits = await failure(Shop(), attempt(), unknown_keys=[KEY], only_look=True)
    assert (waits.type, waits.non_retryable, waits.details) == ("Throttled", False, (1, True))


async def test_whoever_only_looks_and_cannot_tell_says_so() -> None:
    unknown = await failure(Shop(keys=False), attempt(), unknown_keys=[KEY], only_look=True)
    assert (unknown.type, unknown.non_retryable, unknown.details) == ("OutcomeUnknown", True, (1, True))


# ── what arrives late ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_not_there_yet_may_still_arrive_and_is_asked_for_once_more_before_it_is_repeated() -> None:
    mail = mail_system(can_tell=True)
    waits = await failure(mail, attempt(2, last_word=word("dispatching", ago_s=5)))
    assert (waits.type, waits.non_retryable, waits.details) == ("Throttled", False, (2, True))
    assert waits.next_retry_delay is not None
    assert timedelta() < waits.next_retry_delay <= timedelta(seconds=LATE_S - 5)
    assert mail.done == []
    assert await run(mail, attempt(3, last_word=word("dispatching", ago_s=LATE_S + 5))) == KEY


async def test_a_word_whose_time_is_not_known_gets_one_from_which_the_next_attempt_counts() -> None:
    environment = attempt(2, last_word=UNSURE)
    left = words(environment)
    assert (await failure(mail_system(can_tell=True), environment)).type == "Throttled"
    assert left[0] == "dispatching"


@pytest.mark.parametrize("years", [-20, 20], ids=["put forward", "put back"])
async def test_how_late_it_is_is_told_by_the_servers_clock_whatever_the_workers_says(years: int) -> None:
    server = datetime.now(UTC) + timedelta(days=365 * years)
    early = attempt(2, last_word=word("dispatching", ago_s=5, now=server), began=server)
    waits = await failure(mail_system(can_tell=True), early)
    assert waits.next_retry_delay is not None
    assert timedelta(seconds=LATE_S - 6) < waits.next_retry_delay <= timedelta(seconds=LATE_S - 5)


async def test_what_arrived_meanwhile_is_taken() -> None:
    mail = mail_system(can_tell=True)
    mail.done = [KEY]
    assert await run(mail, attempt(2, last_word=word("dispatching", ago_s=0))) == KEY
    assert mail.done == [KEY]


# ── the fence ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_attempt_that_was_overtaken_ends_without_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(said: str) -> None:
        raise Overtaken("the server has given this attempt up")

    monkeypatch.setattr("activities.once.leave_word", refused)
    shop = mail_system(can_tell=False)
    ended = await failure(shop, attempt())
    assert (ended.type, ended.message) == ("Overtaken", "the server has given this attempt up")
    assert (ended.non_retryable, ended.details, shop.done) == (False, (1, False), [])


async def test_an_effect_that_hangs_after_it_was_dispatched_may_be_done() -> None:
    class Slow(Shop):
        async def perform(self, key: str) -> Receipt:
            await asyncio.sleep(30)
            raise AssertionError

    hung = await failure(Slow(), attempt(seconds=0.3))
    assert (hung.type, hung.non_retryable, hung.details) == ("OutcomeUnknown", False, (1, True))
    hung = await failure(Slow(keys=False), attempt(seconds=0.3))
    assert (hung.type, hung.non_retryable, hung.details) == ("OutcomeUnknown", True, (1, True))


# ── before anything is looked up ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "left", "told"),
    [(1, "", False), (2, "", None), (2, word("not dispatched"), False), (2, word("dispatching"), True)],
    ids=["first", "nothing known", "not dispatched", "dispatching"],
)
async def test_an_attempt_that_fails_before_it_looked_wipes_out_no_doubt(
    number: int, left: str, told: bool | None
) -> None:
    shop = Shop()
    with pytest.raises(ApplicationError) as caught:
        await attempt(number, last_word=left).run(shop.act, {"key": 7})
    assert (caught.value.type, caught.value.details) == ("BadHandOff", (number, told))


async def test_what_was_in_doubt_when_it_was_handed_over_stays_so() -> None:
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(Shop().act, {"key": 7, "unknown_keys": ["INQ-1/a1/1/0"]})
    assert caught.value.details == (1, True)


async def test_a_conflict_proves_that_nothing_was_done_and_is_remembered() -> None:
    shop = without_keys()
    shop.act_fault = Conflict("it changed since")
    environment = attempt()
    left = words(environment)
    await failure(shop, environment)
    assert left[-1] == "not dispatched"
