"""A run that an operator cancels ends at once and rightly, whatever it is in the middle of."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from baton.contracts import enquiry as e
from baton.contracts import names
from baton.contracts.agents import Card, Retry
from baton.contracts.enquiry import EnquiryOptions, EnquiryResult
from baton.contracts.record import RunRecord
from baton.contracts.review import Intervention

from .driver import Run, enquiry, eventually, worker_for
from .gated import Gated
from .team import CANCEL, NOBODY, ORDER, REPLY, USUAL, Answer, Team
from .test_ladder import fails


async def _cancelled(run: Run) -> RunRecord:
    """The record of a run that was cancelled: it ended, told the CRM, kept its record, and left nothing open."""
    with pytest.raises(WorkflowFailureError):
        await run.result()
    return await _ended_well(run)


async def _ended_well(run: Run) -> RunRecord:
    record, status = await run.record(), await run.status()
    assert [review.review_id for review in record.reviews if review.status == "open"] == []
    assert [step.step for step in status.steps if step.state in ("waiting", "running")] == []
    assert status.waiting.what == "nothing"
    assert status.paused is None
    assert run.team.steps.count("log_outcome") == run.team.steps.count("archive_record") == 1
    assert record.result is not None
    assert run.team.asked("log_outcome")[0]["entry"]["outcome"] == record.result.outcome
    assert [line.step for line in record.record if line.kind == "cancelled"] == ["cancelled"]
    return record


async def _asked_to_end(run: Run, what: str = "activity_task") -> None:
    """Until the server has written the request down: an attempt that ends later ends after it."""

    async def look() -> bool | None:
        history = await run.handle.fetch_history()
        wanted = f"{what}_cancel_requested_event_attributes"
        return any(event.HasField(wanted) for event in history.events) or None  # type: ignore[arg-type]

    await eventually(look)


class _Down(Team):
    """`cancel_order` fails, and its next attempt is an hour away; what it says when only looked up is written here."""

    def __init__(self, look: Answer | ApplicationError, *, may_be_done: bool = False) -> None:
        super().__init__()
        self._look = look
        self._may_be_done = may_be_done

    def cards(self, attempts: int = 2, attempt_s: float = 10) -> list[Card]:
        """The next attempt of an action is an hour away."""
        hourly = Retry(attempts=5, first_delay_s=3600, longest_delay_s=3600)
        return [
            card.model_copy(update={"retry": hourly}) if card.name == "cancel_order" else card
            for card in super().cards(attempts, attempt_s)
        ]

    async def answer(self, name: str, handed: dict[str, Any]) -> Any:
        """Down, or what a look finds."""
        if name != "cancel_order":
            return await super().answer(name, handed)
        if not handed.get("only_look"):
            raise ApplicationError("cannot connect", 1, self._may_be_done, type="Unavailable")
        if isinstance(self._look, ApplicationError):
            raise self._look
        self.answers["cancel_order"] = self._look
        return await super().answer(name, handed)


async def _between_attempts(run: Run) -> None:
    async def look() -> bool | None:
        pending = (await run.handle.describe()).raw_description.pending_activities
        return any(each.attempt == 2 for each in pending) or None

    await run.decide("approve")
    await eventually(look)


async def _for_a_review(run: Run) -> None:
    await run.open_review()


async def _for_a_failure_review(run: Run) -> None:
    await run.review_of("failure")


WAITS: list[tuple[str, Callable[[], Team], Callable[[Run], Any]]] = [
    ("a review", Team, _for_a_review),
    ("a question's review", lambda: Team(find_customer=NOBODY), _for_a_review),
    ("a failure review", lambda: Team(look_up_policy=fails()), _for_a_failure_review),
    ("the customer", lambda: Team(find_customer=NOBODY), Run.asked_the_customer),
]


@pytest.mark.parametrize(("team", "wait"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS])
async def test_waiting_ends_at_once(client: Client, team: Callable[[], Team], wait: Callable[[Run], Any]) -> None:
    automatic = EnquiryOptions(ask_customer="auto" if wait is Run.asked_the_customer else "review")
    async with enquiry(client, team(), options=automatic) as run:
        await wait(run)
        await run.handle.cancel(reason="nomsa: a duplicate")
        record = await _cancelled(run)
    assert isinstance(record.result, EnquiryResult)
    assert (record.result.outcome, record.result.summary) == (
        "cancelled",
        "cancelled by the operator: nomsa: a duplicate",
    )
    assert not {"cancel_order", "send_reply"} & set(run.team.steps)


async def test_two_failure_reviews_side_by_side_are_both_taken_back(client: Client) -> None:
    team = Team(find_customer=fails(), find_customer_in_crm=fails(), look_up_policy=fails())
    async with enquiry(client, team) as run:

        async def both() -> bool | None:
            return len((await run.status()).waiting.review_ids) == 2 or None

        await eventually(both)
        await run.handle.cancel()
        record = await _cancelled(run)
    assert [review.status for review in record.reviews] == ["withdrawn", "withdrawn"]


async def test_a_read_in_flight_is_not_waited_for(client: Client) -> None:
    team = Gated(lambda step, _: step == "look_up_policy")
    async with enquiry(client, team, attempt_s=600) as run:
        await team.reached.wait()
        await run.handle.cancel()
        await _cancelled(run)
        team.gate.set()


async def test_a_run_that_is_cancelled_before_its_first_step_does_none(client: Client) -> None:
    async with enquiry(client, working=False) as run:
        await run.handle.cancel()
        async with worker_for(client, run.team, run.queue):
            await _cancelled(run)
    assert run.team.steps == ["log_outcome", "archive_record"]


async def test_an_effect_in_flight_is_finished_and_told_to_the_crm_and_nothing_follows_it(client: Client) -> None:
    team = Gated(lambda step, _: step == "cancel_order")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        record = await _cancelled(run)
    assert isinstance(record.result, EnquiryResult)
    assert (record.result.outcome, record.result.actions_done) == ("cancelled", ["it was done"])
    assert run.team.asked("log_outcome")[0]["entry"]["actions"] == ["it was done"]
    assert run.team.steps.count("cancel_order") == 1
    assert "send_reply" not in run.team.steps
    assert any(line.kind == "done" and line.step == "cancel_order/a1/1" for line in record.record)


async def test_a_run_whose_last_effect_was_in_flight_ends_as_what_it_is(client: Client) -> None:
    team = Gated(lambda step, _: step == "send_reply")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        result = await run.result()
        await _ended_well(run)
    assert (result.outcome, result.reply_message_id) == ("answered", "<reply@shop.example>")


async def test_a_run_cancelled_in_its_last_effect_asks_nobody_about_the_log(client: Client) -> None:
    team = Gated(lambda step, _: step == "send_reply", log_outcome=fails(), log_outcome_later=fails())
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        result = await run.result()
        await _ended_well(run)
    assert (result.outcome, result.log_entry) == ("answered", None)


async def test_a_paused_run_cancelled_in_its_last_effect_waits_for_no_resume(client: Client) -> None:
    team = Gated(lambda step, _: step == "send_reply")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.signal(names.PAUSE, Intervention(by="nomsa"))
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        assert (await run.result()).outcome == "answered"
        await _ended_well(run)


async def test_a_question_in_flight_is_finished_and_its_answer_is_not_waited_for(client: Client) -> None:
    team = Gated(lambda step, _: step == "send_question", find_customer=NOBODY)
    async with enquiry(client, team, options=EnquiryOptions(ask_customer="auto"), attempt_s=60) as run:
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        record = await _cancelled(run)
    assert any(line.kind == "done" and line.step == "send_question" for line in record.record)


async def test_an_effect_that_fails_in_flight_and_was_not_done_is_given_up(client: Client) -> None:
    def down(_: dict[str, Any]) -> BaseModel:
        raise ApplicationError("cannot connect", 1, False, type="Unavailable")

    team = Gated(lambda step, _: step == "cancel_order", cancel_order=down)
    async with enquiry(client, team, attempt_s=60, attempts=9) as run:
        await run.decide("approve")
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run)
        team.gate.set()
        record = await _cancelled(run)
    assert run.team.steps.count("cancel_order") == 1
    (line,) = [line for line in record.record if line.step == "cancel_order/a1/1"]
    assert (line.kind, line.text.partition(";")[0]) == ("failed", "Unavailable: cannot connect")
    assert isinstance(record.result, EnquiryResult)
    assert record.result.summary == "cancelled by the operator"


async def test_an_effect_between_attempts_that_provably_was_not_done_is_given_up_at_once(client: Client) -> None:
    look = ApplicationError("nobody asks", 1, True, type="OutcomeUnknown", non_retryable=True)
    async with enquiry(client, _Down(look)) as run:
        await _between_attempts(run)
        await run.handle.cancel()
        record = await _cancelled(run)
    assert run.team.steps.count("cancel_order") == 1
    (line,) = [line for line in record.record if line.step == "cancel_order/a1/1"]
    assert (line.kind, line.text) == ("failed", "stopped between two attempts; the run is being cancelled")
    assert isinstance(record.result, EnquiryResult)
    assert (record.result.actions_done, record.result.in_doubt) == ([], [])


async def test_an_effect_between_attempts_that_turns_out_not_done_is_given_up(client: Client) -> None:
    look = ApplicationError("nothing was done under this key", 1, False, type="NotDone", non_retryable=True)
    async with enquiry(client, _Down(look, may_be_done=True)) as run:
        await _between_attempts(run)
        await run.handle.cancel()
        record = await _cancelled(run)
    assert [bool(handed.get("only_look")) for handed in run.team.asked("cancel_order")] == [False, True]
    assert [line.kind for line in record.record if line.step == "cancel_order/a1/1"] == ["failed"]
    assert isinstance(record.result, EnquiryResult)
    assert (record.result.actions_done, record.result.summary) == ([], "cancelled by the operator")


async def test_an_effect_between_attempts_that_was_done_after_all_is_told(client: Client) -> None:
    async with enquiry(client, _Down(USUAL["cancel_order"], may_be_done=True)) as run:
        await _between_attempts(run)
        await run.handle.cancel()
        record = await _cancelled(run)
    first, look = run.team.asked("cancel_order")
    assert look["key"] == first["key"]
    assert look["unknown_keys"] == [first["key"]]
    assert isinstance(record.result, EnquiryResult)
    assert record.result.actions_done == ["it was done"]


async def test_an_effect_of_which_nobody_can_tell_is_told_as_that(client: Client) -> None:
    look = ApplicationError("cannot connect", 1, True, type="Unavailable")
    async with enquiry(client, _Down(look, may_be_done=True)) as run:
        await _between_attempts(run)
        await run.handle.cancel()
        record = await _cancelled(run)
    (line,) = [line for line in record.record if line.step == "cancel_order/a1/1"]
    assert line.kind == "ambiguous"
    assert "cannot connect; the run is being cancelled" in line.text
    assert isinstance(record.result, EnquiryResult)
    assert record.result.in_doubt == [line.key]
    assert f"nobody could tell whether it was done: {line.key}" in run.team.asked("log_outcome")[0]["entry"]["summary"]


@pytest.mark.parametrize("held", ["log_outcome", "archive_record"])
@pytest.mark.parametrize("outcome", ["rejected", "aborted"])
async def test_cancelled_while_it_closes_a_run_finishes_that_once_and_ends_as_what_it_is(
    client: Client, held: str, outcome: str
) -> None:
    answers: dict[str, Answer] = {"look_up_policy": fails()} if outcome == "aborted" else {}
    team = Gated(lambda step, _: step == held, **answers)
    async with enquiry(client, team, attempt_s=60) as run:
        await run.decide({"rejected": "reject", "aborted": "abort"}[outcome])
        await team.reached.wait()
        await run.handle.cancel()
        await _asked_to_end(run, "workflow_execution")
        team.gate.set()
        assert (await run.result()).outcome == outcome
        await _ended_well(run)


async def test_cancelled_while_a_person_is_asked_about_the_log_a_run_goes_on_without_it(client: Client) -> None:
    team = Team(log_outcome=fails(), log_outcome_later=fails())
    async with enquiry(client, team) as run:
        await run.decide("approve")
        await run.review_of("failure")
        await run.handle.cancel()
        result = await run.result()
        record = await _ended_well(run)
    assert (result.outcome, result.log_entry) == ("answered", None)
    assert record.reviews[-1].status == "withdrawn"


async def test_nobody_is_asked_about_what_cannot_be_logged_or_kept_of_a_cancelled_run(client: Client) -> None:
    team = Team(log_outcome=fails(), log_outcome_later=fails(), archive_record=fails())
    async with enquiry(client, team) as run:
        await run.open_review()
        await run.handle.cancel()
        record = await _cancelled(run)
    assert [line.step for line in record.record if line.kind == "failed"] == [
        "log_outcome",
        "log_outcome",
        "archive_record",
    ]


async def test_cancelling_twice_is_as_cancelling_once(client: Client) -> None:
    team = Gated(lambda step, _: step == "log_outcome")
    async with enquiry(client, team, attempt_s=60) as run:
        await run.open_review()
        await run.handle.cancel(reason="once")
        await team.reached.wait()
        await run.handle.cancel(reason="twice")
        team.gate.set()
        record = await _cancelled(run)
    assert isinstance(record.result, EnquiryResult)
    assert record.result.summary == "cancelled by the operator: once"


@pytest.mark.parametrize("hold", ["while it waits", "while a step runs", "before it closes"])
async def test_a_paused_run_ends_too(client: Client, hold: str) -> None:
    held = {"while it waits": "none", "while a step runs": "look_up_policy", "before it closes": "read_enquiry"}[hold]
    automatic = e.NotAnEnquiry(kind="automatic", reason="an out-of-office answer")
    assert isinstance(USUAL["read_enquiry"], BaseModel)
    answers: dict[str, Answer] = (
        {"read_enquiry": USUAL["read_enquiry"].model_copy(update={"not_an_enquiry": automatic})}
        if hold == "before it closes"
        else {}
    )
    team = Gated(lambda step, _: step == held, **answers)
    async with enquiry(client, team, attempt_s=600) as run:
        await (run.open_review() if held == "none" else team.reached.wait())
        await run.handle.signal(names.PAUSE, {"by": "nomsa"})
        await run.stands_still()
        if hold == "before it closes":
            team.gate.set()

            async def read() -> bool | None:
                return (
                    "read_enquiry" in [step.step for step in (await run.status()).steps if step.state == "done"] or None
                )

            await eventually(read)
            await run.handle.cancel()
            assert (await run.result()).outcome == "not_an_enquiry"
            record = await _ended_well(run)
        else:
            await run.handle.cancel()
            record = await _cancelled(run)
        team.gate.set()
    assert [line.kind for line in record.record if line.kind in ("paused", "resumed")] == ["paused", "resumed"]


async def test_what_was_done_under_an_earlier_approval_is_told_when_a_later_reading_is_cancelled(
    client: Client,
) -> None:
    def propose(handed: dict[str, Any]) -> e.Proposal:
        actions = [] if handed["done"] else [CANCEL, CANCEL.model_copy(update={"action_id": "a2"})]
        return e.Proposal(resolution=e.Resolution(actions=actions, reply=REPLY))

    def second_changed(handed: dict[str, Any]) -> e.ActionResult:
        if handed["action_id"] == "a1":
            return e.ActionResult(outcome="done", action_id="a1", order=ORDER, statement="it was done")
        return e.ActionResult(outcome="changed", action_id="a2", order=ORDER, changes=["status was 'pending'"])

    team = Gated(
        lambda step, handed: step == "read_enquiry" and bool(handed["replies"]),
        propose_resolution=propose,
        cancel_order=second_changed,
    )
    async with enquiry(client, team, attempt_s=600) as run:
        await run.decide("approve")
        await run.revision(2)
        await run.reply("one more thing")
        await team.reached.wait()
        await run.handle.cancel()
        record = await _cancelled(run)
        team.gate.set()
    assert isinstance(record.result, EnquiryResult)
    assert record.result.actions_done == ["it was done"]
