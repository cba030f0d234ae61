"""What is too large for Temporal goes through in files where they can be kept, else a person is told; no run ends."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Worker

from activities.archivist import Archivist
from activities.capability import capability, card_of, steps_of
from activities.retries import RULES
from baton.archive import Archive
from baton.contracts import enquiry as e
from baton.contracts.enquiry import CheckOrder, Enquiry
from baton.contracts.mail import Message
from baton.contracts.orders import Order
from baton.contracts.record import EnquiryStart, StepAnswer
from baton.contracts.sizes import MOST_ANSWERED, MOST_HANDED, MOST_SIGNALLED, MOST_SUBJECT
from baton.contracts.wire import digest_of
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import ServerAddress
from baton.temporal.large_values import directory_of, kept_here
from baton.temporal.worker_options import workflow_runner

from .driver import Run, enquiry, eventually
from .side_by_side import SideBySideWorkflow
from .team import CANCEL, CUSTOMER, FOUND, NOBODY, ORDER, PROPOSAL, REPLY, Team
from .test_ladder import fails

DEADLINE_S = 90
SLOWLY = 60
"""Seconds that an attempt may take: others work on this machine, too."""


class Keeping(Team):
    """A team that says, as every step does, whether large values are kept where it works."""

    async def answer(self, name: str, handed: dict[str, Any]) -> StepAnswer:
        """The written answer."""
        return (await super().answer(name, handed)).model_copy(update={"stored": kept_here()})


async def client_of(server: ServerAddress, *, keeps: bool) -> Client:
    """A client that keeps large values in files, or one that cannot."""
    return await connect_embedded(server, keeps_large_values=keeps)


def order_of(size: int) -> Order:
    """An order that weighs about so many bytes."""
    return ORDER.model_copy(update={"items": [ORDER.items[0].model_copy(update={"name": "x" * size})]})


def of_size(size: int) -> Any:
    """What the order system answers: the order that was asked for, so large."""
    return lambda handed: order_of(size).model_copy(update={"order_id": handed["order_id"]})


def with_orders(*order_ids: str) -> e.CustomerMatch:
    """The customer has these orders."""
    return FOUND.model_copy(update={"customer": CUSTOMER.model_copy(update={"order_ids": list(order_ids)})})


async def history_size(handle: WorkflowHandle[Any, Any]) -> int:
    """Bytes of a run's history."""
    return (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes


async def side_by_side(client: Client, team: Team, steps: int, size: int) -> WorkflowHandle[SideBySideWorkflow, int]:
    """A run of so many large steps that start together."""
    name = f"side-{uuid4().hex}"
    start = EnquiryStart(
        enquiry=Enquiry(enquiry_id="INQ-1", message=Message(text="x"), received_at=datetime(2026, 1, 5, tzinfo=UTC)),
        cards=team.cards(attempt_s=SLOWLY),
    )
    async with Worker(
        client,
        task_queue=name,
        workflows=[SideBySideWorkflow],
        activities=team.activities(),
        workflow_runner=workflow_runner(),
    ):
        handle = await client.start_workflow(
            SideBySideWorkflow.run, args=[start, steps, size], id=name, task_queue=name
        )
        await asyncio.wait_for(handle.result(), DEADLINE_S)
    return handle


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("size", [1_500_000, 1_572_864])
async def test_four_inputs_of_one_and_a_half_megabytes_at_once_do_not_end_a_run(
    server: ServerAddress, *, keeps: bool, size: int
) -> None:
    team = Keeping()
    handle = await side_by_side(await client_of(server, keeps=keeps), team, 4, size)
    assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED
    assert [len(handed["words"]) for handed in team.asked("check_orders")] == [1, *[size] * 4]
    assert (await history_size(handle) < 100_000) is keeps


async def test_many_inputs_just_below_what_is_kept_in_files_do_not_end_a_run(server: ServerAddress) -> None:
    handle = await side_by_side(await client_of(server, keeps=True), Keeping(), 12, 590_000)
    assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED


class OrderArchive:
    """An order system whose orders are large."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked = 0

    @capability(agent="order archive", retry=RULES, attempt_s=SLOWLY)
    async def check_orders(self, given: CheckOrder) -> Order:
        """Read an order."""
        self.asked += 1
        return order_of(self.size)


class WithItsOwn(Keeping):
    """A team in which some steps are done by real agents."""

    def __init__(self, *agents: object, **answers: Any) -> None:
        super().__init__(**answers)
        self._real = {card_of(step).name: step for step in steps_of(agents)}

    def _activity(self, name: str) -> Any:
        return self._real.get(name) or super()._activity(name)


async def test_a_large_answer_goes_through_where_files_can_be_kept(server: ServerAddress) -> None:
    archive = OrderArchive(2_500_000)
    team = WithItsOwn(archive)
    async with enquiry(await client_of(server, keeps=True), team, attempt_s=SLOWLY) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
        assert await history_size(run.handle) < 500_000
    assert [len(handed["basis"]["items"][0]["name"]) for handed in team.asked("cancel_order")] == [2_500_000]


async def test_a_large_answer_is_refused_once_where_they_cannot_and_the_next_rung_is_due(
    server: ServerAddress,
) -> None:
    archive = OrderArchive(2_500_000)
    async with enquiry(await client_of(server, keeps=False), WithItsOwn(archive), attempt_s=SLOWLY) as run:
        await run.review_of("resolution")
        (failed,) = [line for line in (await run.record()).record if line.kind == "failed"]
        assert "AnswerTooLarge: the answer has 2,500," in failed.text
        assert (failed.attempt, archive.asked) == (1, 1)
        await run.decide("reject")
        await run.result()
    assert run.team.steps.count("last_known_order") == 1


async def test_an_answer_that_even_files_cannot_keep_is_refused_too(server: ServerAddress) -> None:
    archive = OrderArchive(3_500_000)
    team = WithItsOwn(archive, last_known_order=fails())
    async with enquiry(await client_of(server, keeps=True), team, attempt_s=SLOWLY) as run:
        review = await run.review_of("failure")
        assert "AnswerTooLarge" in str(review.subject)
        await run.decide("abort")
        await run.result()


@pytest.mark.parametrize("fault", ["LargeValueFault", "PayloadsTooLarge"])
async def test_an_effect_whose_answer_could_not_be_kept_may_be_done(client: Client, fault: str) -> None:
    async with enquiry(client, Team(cancel_order=fails(fault))) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        review = await run.review_of("failure")
        assert review.choice("done")
        await run.decide("done")
        assert (await run.result()).outcome == "answered"


@pytest.mark.parametrize("keeps", [True, False])
async def test_a_run_that_weighs_more_than_a_payload_goes_on(server: ServerAddress, *, keeps: bool) -> None:
    """With files in a new history; without, in the one that it has, when it can be carried no longer."""

    def changed_at_first(handed: dict[str, Any]) -> BaseModel:
        now = of_size(600_000)({"order_id": handed["basis"]["order_id"]})
        if len(team.asked("cancel_order")) > 1:
            return e.ActionResult(outcome="done", action_id=handed["action_id"], order=ORDER, statement="it was done")
        return e.ActionResult(outcome="changed", action_id=handed["action_id"], order=now, changes=["the address"])

    team = Keeping(find_customer=with_orders("#1", "#2"), check_orders=of_size(600_000), cancel_order=changed_at_first)
    client = await client_of(server, keeps=keeps)
    async with enquiry(client, team, continue_after_steps=5, attempt_s=SLOWLY) as run:
        await run.review_of("resolution")
        await run.decide("approve")
        await run.revision(2)
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"
        events = (await run.handle.fetch_history()).events
        came_with = events[0].workflow_execution_started_event_attributes
        (start,) = await client.data_converter.decode(came_with.input.payloads, [EnquiryStart])
    assert start.state.continued
    assert (len(start.model_dump_json()) > 2_097_152) is keeps


async def test_asking_for_a_record_stays_small_and_writes_nothing_and_the_archive_keeps_all(
    server: ServerAddress, tmp_path: Path
) -> None:
    team = WithItsOwn(
        Archivist(Archive(tmp_path)), find_customer=with_orders("#1", "#2", "#3"), check_orders=of_size(1_000_000)
    )
    async with enquiry(await client_of(server, keeps=True), team, attempt_s=SLOWLY) as run:
        await run.review_of("resolution")
        files = server.state_dir / "values" / directory_of(run.handle.id)
        before = sorted(files.iterdir())
        record = await run.record()
        assert len(record.model_dump_json()) <= MOST_ANSWERED
        left_out = {fact.name: fact.left_out.sha256 for fact in record.facts if fact.left_out}
        orders = {f"check_orders/#{number}": of_size(1_000_000)({"order_id": f"#{number}"}) for number in (1, 2, 3)}
        assert left_out == {name: digest_of(order.model_dump(mode="json")) for name, order in orders.items()}
        assert sorted(files.iterdir()) == before
        await run.decide("approve")
        enquiry_id = (await run.result()).enquiry_id
    kept = Archive(tmp_path).find(enquiry_id)
    assert kept is not None
    assert {fact.name: fact.value for fact in kept.facts if fact.name in left_out} == {
        name: order.model_dump(mode="json") for name, order in orders.items()
    }
    assert len([path for path in (tmp_path / "archive").rglob("*") if path.is_file()]) == 1


async def test_a_proposal_that_nobody_could_answer_is_handed_over(client: Client) -> None:
    long = REPLY.model_copy(update={"body": "word " * 40_000})
    proposal = PROPOSAL.model_copy(update={"resolution": e.Resolution(actions=[CANCEL], reply=long)})
    async with enquiry(client, Team(propose_resolution=proposal)) as run:
        review = await run.review_of("hand_over")
        assert any("more than a person can be asked to approve" in note for note in review.notes)
        assert len(review.model_dump_json()) < MOST_SUBJECT
        await run.decide("edit", value=e.Resolution(actions=[CANCEL], reply=REPLY).model_dump(mode="json"))
        assert (await run.result()).outcome == "answered"


async def test_a_question_that_nobody_could_answer_for_is_not_asked(client: Client) -> None:
    long = e.Question(mail=REPLY.model_copy(update={"body": "word " * 40_000}), asks_for=["who is writing"])
    async with enquiry(client, Team(find_customer=NOBODY, ask_customer=long)) as run:
        await run.open_review()
        assert "the question has 200," in run.team.asked("propose_resolution")[0]["hand_over_because"]
        await run.decide("reject")
        await run.result()
    assert "send_question" not in run.team.steps


async def test_a_decision_that_is_too_large_is_refused_and_its_sender_can_find_out(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        decision = await run.decide("edit", value={"words": "x" * MOST_SIGNALLED})
        became = await run.became(decision)
        assert (became.status, "at most 131,072 are read" in became.reason) == ("refused", True)
        await run.decide("reject")
        await run.result()


async def test_what_others_say_at_length_is_cut_beside_a_subject_and_in_the_result(client: Client) -> None:
    proposal = PROPOSAL.model_copy(
        update={
            "remarks": ["r" * 50_000] * 60,
            "evidence": [e.Evidence(label="status", value="v" * 50_000, source="check_orders/#1")] * 60,
        }
    )

    def done_at_length(handed: dict[str, Any]) -> BaseModel:
        return e.ActionResult(outcome="done", action_id=handed["action_id"], order=ORDER, statement="s" * 1_000_000)

    async with enquiry(client, Team(propose_resolution=proposal, cancel_order=done_at_length)) as run:
        review = await run.review_of("resolution")
        assert len(review.model_dump_json()) < MOST_ANSWERED
        assert review.notes[-1] == "… and 10 more: see the record"
        await run.decide("approve")
        assert len((await run.result()).model_dump_json()) < 10_000


async def test_a_history_that_has_grown_too_long_asks_to_be_ended_and_can_be(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.run_state.MOST_HISTORY", 60_000)
    async with enquiry(client, Team(find_customer=with_orders("#1", "#2"), check_orders=of_size(30_000))) as run:
        review = await run.review_of("failure")
        assert "more than it may grow to" in review.summary
        await run.decide("abort")
        assert (await run.result()).outcome == "aborted"
    assert run.team.steps[-2:] == ["log_outcome", "archive_record"]


async def test_a_run_that_knows_too_much_learns_no_more_and_can_be_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.run_state.MOST_KNOWN", 60_000)
    team = Team(find_customer=with_orders("#1", "#2", "#3"), check_orders=of_size(25_000), last_known_order=fails())
    async with enquiry(client, team) as run:
        review = await run.review_of("failure")
        assert "more than it may (60,000)" in str(review.subject)
        await run.decide("abort")
        assert (await run.result()).outcome == "aborted"
        read = {fact.name for fact in (await run.record()).facts if fact.type == "Order"}
        assert len(read) == 2  # whichever of the three, read side by side, came first
        assert read < {"check_orders/#1", "check_orders/#2", "check_orders/#3"}
    assert run.team.steps[-2:] == ["log_outcome", "archive_record"]


async def test_more_than_a_step_can_be_handed_is_told_with_its_size_and_the_bound(server: ServerAddress) -> None:
    team = Keeping(find_customer=with_orders("#1", "#2"), check_orders=of_size(1_200_000))
    async with enquiry(await client_of(server, keeps=False), team, attempt_s=SLOWLY) as run:
        review = await run.review_of("failure")
        assert f"more than a step can be handed ({MOST_HANDED:,})" in review.summary
        assert "2,401," in review.summary
        await _ended(run)


async def _ended(run: Run) -> None:
    await run.decide("abort")

    async def look() -> bool | None:
        return (await run.handle.describe()).status == WorkflowExecutionStatus.COMPLETED or None

    await eventually(look, DEADLINE_S)
