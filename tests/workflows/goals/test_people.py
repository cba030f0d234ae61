"""What people decide of a plan: an approval, an answer, a step that failed, a budget that is used up."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.worker import Worker

from baton.contracts import names
from baton.contracts.plan import Plan
from baton.contracts.review import Actor, Decision
from baton.contracts.wire import digest_of
from tests.workflows.driver import eventually, until

from .driver import Goal, add, goal, plan, ref, steps_worker
from .histories import replays
from .tools import Gate, Number, Numbers, Sent, Tools, broken, tool, usual
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


async def test_a_person_is_asked_in_the_middle_of_a_plan(client: Client) -> None:
    planned = plan(
        {
            "id": "which",
            "capability": "ask_person",
            "inputs": {"question": "Which?", "choices": ["red", "blue"]},
        },
        add("red", 1, when=[{"fact": "which.text", "op": "==", "value": "red"}]),
        add("blue", 2, when=[{"fact": "which.text", "op": "==", "value": "blue"}]),
    )
    async with goal(client, planned) as run:
        await run.decide("ask/which", "answer", value="green")
        await run.decide("ask/which", "answer", value="blue")
        result = await run.result()
    assert [handed["value"] for handed in run.tools.asked("add")] == [2]
    assert result.outcome == "reached"


async def test_a_step_that_fails_for_good_asks_a_person_and_stops_no_one_else(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan(
        {"id": "bad", "capability": "broken", "inputs": {"value": 1}},
        add("after_bad", ref("bad.value")),
        add("one", 1),
        add("two", ref("one.value")),
    )
    async with goal(client, planned, tools) as run:
        review = await run.review("failure/bad")
        assert await run.fact("two") == {"value": 3, "source": "add"}
        assert [choice.id for choice in review.choices] == ["retry", "supply", "skip", "abort"]
        await run.decide("failure/bad", "supply", value={"value": 40})
        assert (await run.result()).outcome == "reached"
        assert await run.fact("after_bad") == {"value": 41, "source": "add"}


async def test_who_is_asked_about_an_item_that_failed_is_told_which_one(client: Client) -> None:
    planned = plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": 2}},
        {"id": "bad", "capability": "broken", "inputs": {"value": ref("each.value")}, "for_each": ref("list.numbers")},
    )
    async with goal(client, planned, Tools([*usual(), broken()])) as run:
        for number in (1, 2):
            review = await run.review(f"failure/bad/{number}")
            assert review.title == f"bad ({number} of 2), {number}, could not be done"
            assert isinstance(review.subject, dict)
            assert review.subject["handed"] == {"value": number}
            assert review.subject_digest == digest_of(review.subject)
            await run.decide(f"failure/bad/{number}", "skip")
        await run.result()
    await replays(client, run)


async def test_what_a_person_skips_is_missing_with_all_that_needs_it(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, add("after_bad", ref("bad.value")))
    async with goal(client, planned, tools) as run:
        await run.decide("failure/bad", "skip")
        result = await run.result()
    assert result.outcome == "in_part"
    assert result.answer is not None
    assert result.answer.missing == ["bad: skipped by nomsa", "after bad: bad was left out"]


async def test_a_person_ends_a_goal_at_a_step_that_failed(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    async with goal(client, plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}), tools) as run:
        await run.decide("failure/bad", "abort")
        result = await run.result()
    assert result.outcome == "aborted"
    assert len(run.tools.archived) == 1


async def test_nothing_begins_after_a_person_has_ended_a_goal_with_a_write_in_flight(client: Client) -> None:
    gate = asyncio.Event()

    async def slow(_: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return Sent(reference="done")

    tools = Tools([*usual(), broken(), tool("slow_send", slow, Sent, effect="irreversible")])
    planned = plan(
        {"id": "bad", "capability": "broken", "inputs": {"value": 1}},
        {**SEND, "capability": "slow_send"},
        {**SEND, "id": "direct", "needs": ["mail"]},
        add("after", 5, needs=["mail"]),
    )
    async with goal(client, planned, tools) as run:
        await run.decide("approve/mail", "approve")
        await until(lambda: len(tools.asked("slow_send")) == 1)
        await run.decide("failure/bad", "abort")
        await run.line("decided", "failure/bad")
        gate.set()
        assert (await run.result()).outcome == "aborted"
        record = await run.record()
        await replays(client, run)
    assert [fact.value for fact in record.facts if fact.name == "mail"] == [{"reference": "done"}]
    assert tools.asked("add") == []
    assert {review.review_id for review in record.reviews} == {"approve/mail", "failure/bad"}


async def test_nobody_is_asked_about_a_write_whose_answer_does_not_fit_after_a_person_has_ended_its_goal(
    client: Client,
) -> None:
    gate = asyncio.Event()

    async def slow(_: dict[str, Any]) -> BaseModel:
        await gate.wait()
        return Number(value=1)

    tools = Tools([*usual(), broken(), tool("slow_send", slow, Sent, effect="irreversible")])
    planned = plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, {**SEND, "capability": "slow_send"})
    async with goal(client, planned, tools) as run:
        await run.decide("approve/mail", "approve")
        await until(lambda: len(tools.asked("slow_send")) == 1)
        await run.decide("failure/bad", "abort")
        await run.line("decided", "failure/bad")
        gate.set()
        result = await run.result()
        record = await run.record()
    assert (result.outcome, len(result.in_doubt)) == ("aborted", 1)
    assert all(review.status != "open" for review in record.reviews)


def _fan_out(items: int, **budget: object) -> Plan:
    """One call that gives a list, and one for each of its items: how many, nobody knows before."""
    return plan(
        {"id": "list", "capability": "numbers", "inputs": {"count": items}},
        add("every", ref("each.value"), for_each=ref("list.numbers")),
        budget=budget,
        at_once=1,
    )


async def test_a_budget_that_is_used_up_is_made_larger_by_a_person(client: Client) -> None:
    async with goal(client, _fan_out(5, calls=4)) as run:
        review = await run.review("budget")
        assert review.risk_reasons == ["calls: 5 of 4"]
        await run.decide("budget", "more", value={"calls": 1})
        await run.decide("budget", "more", value={"calls": 1}, revision=2)
        assert (await run.result()).outcome == "reached"
    assert len(run.tools.asked("add")) == 5


@pytest.mark.parametrize(
    "much", ['{"cost": -1e999}', '{"seconds": 1e12}', '{"cost": 1e400}', '{"cost": NaN}', '{"calls": 0}']
)
async def test_what_no_budget_can_be_is_refused(client: Client, much: str) -> None:
    async with goal(client, _fan_out(5, calls=4)) as run:
        review = await run.review("budget")
        decision = Decision(
            decision_id="much",
            review_id="budget",
            revision=1,
            subject_digest=review.subject_digest,
            choice="more",
            actor=Actor(id="nomsa"),
        )
        raw = decision.model_dump_json().replace('"value":null', f'"value":{much}')
        payload = Payload(metadata={"encoding": b"json/plain"}, data=raw.encode())
        await run.handle.signal(names.DECIDE_REVIEW, RawValue(payload))
        await run.decide("budget", "more", value={"calls": 2})
        assert (await run.result()).outcome == "reached"
        record = await run.record()
    assert len(record.refusals) == 1


async def test_when_a_person_has_a_step_tried_again_that_is_another_call(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, budget={"calls": 1})
    async with goal(client, planned, tools) as run:
        await run.decide("failure/bad", "retry")
        await run.decide("budget", "finish")
        assert (await run.result()).outcome == "in_part"
    assert len(tools.asked("broken")) == 1


async def test_who_asks_what_failed_before_asks_one_at_a_time(client: Client) -> None:
    tools = Tools([*usual(), broken()])
    planned = plan(*({"id": each, "capability": "broken", "inputs": {"value": 1}} for each in ("a", "b", "c")))
    async with goal(client, planned, tools) as run:
        for each in ("a", "b", "c"):
            await run.review(f"failure/{each}")
            assert [review.review_id for review in (await run.record()).reviews if review.status == "open"] == [
                f"failure/{each}"
            ]
            await run.decide(f"failure/{each}", "skip")
        await run.result()
    assert len(tools.asked("broken")) == 3


async def test_with_its_budget_used_up_a_goal_finishes_with_what_there_is(client: Client) -> None:
    async with goal(client, _fan_out(3, cost=3)) as run:
        await run.decide("budget", "finish")
        result = await run.result()
    assert len(run.tools.asked("add")) == 2
    assert (result.outcome, result.answer and result.answer.missing) == (
        "in_part", ["every: 1 of 3 could not be done"],
    )  # fmt: skip


async def test_with_its_budget_used_up_a_goal_is_ended(client: Client) -> None:
    async with goal(client, _fan_out(3, calls=2)) as run:
        await run.decide("budget", "stop")
        assert (await run.result()).outcome == "aborted"


async def test_attempts_of_one_call_are_counted_once(client: Client) -> None:
    seen: list[int] = []

    def flaky(handed: dict[str, int]) -> Number:
        seen.append(handed["value"])
        if len(seen) < 3:
            raise RuntimeError("once more")
        return Number(value=handed["value"])

    tools = Tools([tool("add", flaky, attempts=5)])
    async with goal(client, plan(add("one", 1), budget={"calls": 1, "cost": 1}), tools) as run:
        assert (await run.result()).outcome == "reached"
    assert seen == [1, 1, 1]


async def test_of_a_plan_with_faults_nothing_runs(client: Client) -> None:
    async with goal(client, plan(add("one", 1), {**SEND, "review": False}, add("two", "many"))) as run:
        result = await run.result()
    assert (result.outcome, run.tools.handed) == ("refused", [])
    assert [fault.kind for fault in result.faults] == ["ungated_write", "wrong_type"]
