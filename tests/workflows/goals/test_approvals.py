"""A write of a plan is approved by a person, who is told when another one does the same."""

from uuid import uuid4

from temporalio.client import Client
from temporalio.worker import Worker

from baton.contracts import names
from baton.contracts.review import Actor, Decision
from baton.contracts.wire import digest_of
from tests.workflows.driver import eventually, until

from .driver import Goal, add, goal, plan, ref, steps_worker
from .histories import replays
from .tools import Gate, Number, Numbers, Tools, tool, usual
from .tools import add as plus_one

SEND = {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True}


async def _end(run: Goal, review_id: str, choice: str) -> None:
    await run.decide(review_id, choice)
    await run.result()


async def test_a_write_waits_for_its_approval_and_nobody_else_does(client: Client) -> None:
    planned = plan(SEND, add("one", 1), add("two", ref("one.value")))
    async with goal(client, planned) as run:
        review = await run.review("approve/mail")
        assert await run.fact("two") == {"value": 3, "source": "add"}
        assert (review.subject, review.risk, run.tools.asked("send")) == ({"value": 1}, "high", [])
        await _end(run, "approve/mail", "approve")
    (sent,) = run.tools.asked("send")
    assert sent["value"] == 1
    assert sent["key"].endswith("/mail/1/0")


async def test_what_a_person_writes_instead_is_what_is_done(client: Client) -> None:
    async with goal(client, plan(SEND)) as run:
        refused = await run.decide("approve/mail", "edit", value={"value": "many"})
        decision = await run.decide("approve/mail", "edit", value={"value": 5})
        assert (await run.result()).outcome == "reached"
        became = await run.handle.query("decision", refused.decision_id)
        assert became["status"] == "refused", decision
    assert [sent["value"] for sent in run.tools.asked("send")] == [5]


async def test_what_is_rejected_is_not_done_and_said_to_be_missing(client: Client) -> None:
    async with goal(client, plan(SEND, add("one", 1))) as run:
        await run.decide("approve/mail", "reject", comment="not today")
        result = await run.result()
    assert run.tools.asked("send") == []
    assert (result.outcome, result.answer and result.answer.missing) == (
        "in_part", ["mail: rejected by nomsa: not today"],
    )  # fmt: skip


async def test_a_decision_that_comes_in_the_same_task_as_its_review_counts(client: Client) -> None:
    """Who saw a review through a worker that did not end its task in time decides before the run opens it again."""
    gate, queue = Gate(plus_one), f"queue-{uuid4().hex}"
    tools = Tools([*usual(), tool("slow_add", gate)])
    planned = plan({"id": "one", "capability": "slow_add", "inputs": {"value": 1}}, {**SEND, "needs": ["one"]})
    agents = Worker(client, task_queue=queue, activities=tools.activities())
    async with goal(client, planned, tools, working=False, queue=queue) as run, agents:
        async with steps_worker(client, queue):
            await until(lambda: gate.reached == 1)
        gate.opened.set()
        await _activity_ended(run, "slow_add")
        seen = Decision(
            decision_id="seen",
            review_id="approve/mail",
            revision=1,
            subject_digest=digest_of({"value": 1}),
            choice="approve",
            actor=Actor(id="nomsa"),
        )
        other = seen.model_copy(update={"decision_id": "other", "subject_digest": digest_of({"value": 2})})
        for each in (other, seen):
            await run.handle.signal(names.DECIDE_REVIEW, each)
        async with steps_worker(client, queue):
            assert (await run.result()).outcome == "reached"
            record = await run.record()
            await replays(client, run)
    assert len(tools.asked("send")) == 1
    assert [refusal.decision_id for refusal in record.refusals] == ["other"]
    assert [line.agent for line in record.record if line.kind == "decided"] == ["nomsa"]


async def _activity_ended(run: Goal, name: str) -> None:
    async def look() -> bool | None:
        events = (await run.handle.fetch_history()).events
        scheduled = {
            event.event_id
            for event in events
            if event.activity_task_scheduled_event_attributes.activity_type.name == name
        }
        ended = {event.activity_task_completed_event_attributes.scheduled_event_id for event in events}
        return bool(scheduled & ended) or None

    await eventually(look)


async def test_all_items_of_a_list_are_approved_at_once(client: Client) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 3}},
        {**SEND, "inputs": {"value": ref("each.value")}, "for_each": ref("list.numbers")},
    )
    async with goal(client, planned) as run:
        review = await run.review("approve/mail")
        assert review.subject == [{"value": 1}, {"value": 2}, {"value": 3}]
        assert review.title == "Approve: mail, 3 times"
        await _end(run, "approve/mail", "approve")
    assert sorted(sent["value"] for sent in run.tools.asked("send")) == [1, 2, 3]
    assert len({sent["key"] for sent in run.tools.asked("send")}) == 3


async def test_a_write_that_was_made_before_is_not_made_again_without_being_asked_about(client: Client) -> None:
    again = {**SEND, "id": "again", "needs": ["gate"]}
    planned = plan(SEND, {"id": "gate", "capability": "add", "inputs": {"value": 3}, "needs": ["mail"]}, again)
    async with goal(client, planned) as run:
        await run.decide("approve/mail", "approve")
        review = await run.review("approve/again")
        assert review.notes == ["again does the same as mail"]
        await _end(run, "approve/again", "reject")
    assert len(run.tools.asked("send")) == 1


async def test_of_two_writes_that_do_the_same_the_second_says_so(client: Client) -> None:
    async with goal(client, plan(SEND, {**SEND, "id": "twin"}, {**SEND, "id": "other", "inputs": {"value": 2}})) as run:
        mail, twin, other = [await run.review(f"approve/{step}") for step in ("mail", "twin", "other")]
        assert [mail.notes, twin.notes, other.notes] == [[], ["twin does the same as mail"], []]
        for step, choice in (("mail", "approve"), ("twin", "reject"), ("other", "reject")):
            await run.decide(f"approve/{step}", choice)
        await run.result()
    assert len(run.tools.asked("send")) == 1


async def test_an_item_that_does_the_same_as_another_says_so(client: Client) -> None:
    twice = tool("twice", lambda _: Numbers(numbers=[Number(value=4), Number(value=5), Number(value=4)]), Numbers)
    planned = plan(
        {"id": "list", "capability": "twice", "inputs": {"value": 1}},
        {**SEND, "inputs": {"value": ref("each.value")}, "for_each": ref("list.numbers")},
    )
    async with goal(client, planned, Tools([*usual(), twice])) as run:
        assert (await run.review("approve/mail")).notes[:1] == ["mail/3 does the same as mail/1"]
        await _end(run, "approve/mail", "reject")
    assert run.tools.asked("send") == []


async def test_what_a_person_writes_instead_is_shown_once_more_where_another_step_does_the_same(client: Client) -> None:
    planned = plan(SEND, {**SEND, "id": "other", "inputs": {"value": 2}})
    async with goal(client, planned) as run:
        await run.decide("approve/mail", "approve")
        await run.decide("approve/other", "edit", value={"value": 1})
        again = await run.review("approve/other", 2)
        assert (again.subject, again.notes) == ({"value": 1}, ["other does the same as mail"])
        await run.decide("approve/other", "edit", value={"value": 3}, revision=2)
        assert (await run.result()).outcome == "reached"
    assert sorted(sent["value"] for sent in run.tools.asked("send")) == [1, 3]


async def test_what_was_left_out_is_no_reason_to_ask_twice(client: Client) -> None:
    planned = plan(SEND, {**SEND, "id": "later", "needs": ["mail"]})
    async with goal(client, planned) as run:
        await run.decide("approve/mail", "reject")
        assert (await run.review("approve/later")).notes == []
        await _end(run, "approve/later", "approve")
    assert len(run.tools.asked("send")) == 1
