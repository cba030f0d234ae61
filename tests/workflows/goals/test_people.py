"""What people say in the middle of a plan: an answer, and what becomes of a step that failed."""

from temporalio.client import Client

from baton.contracts.wire import digest_of
from tests.workflows.driver import until

from .driver import add, goal, plan, ref
from .histories import replays
from .tools import Gate, Number, Sent, Tools, broken, tool, usual

SEND = {"id": "mail", "capability": "send", "inputs": {"value": 1}, "review": True}


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
    gate = Gate(lambda _: Sent(reference="done"))
    tools = Tools([*usual(), broken(), tool("slow_send", gate, Sent, effect="irreversible")])
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
        gate.opened.set()
        assert (await run.result()).outcome == "aborted"
        record = await run.record()
        await replays(client, run)
    assert [fact.value for fact in record.facts if fact.name == "mail"] == [{"reference": "done"}]
    assert tools.asked("add") == []
    assert {review.review_id for review in record.reviews} == {"approve/mail", "failure/bad"}


async def test_nobody_is_asked_about_a_write_whose_answer_does_not_fit_after_a_person_has_ended_its_goal(
    client: Client,
) -> None:
    gate = Gate(lambda _: Number(value=1))
    tools = Tools([*usual(), broken(), tool("slow_send", gate, Sent, effect="irreversible")])
    planned = plan({"id": "bad", "capability": "broken", "inputs": {"value": 1}}, {**SEND, "capability": "slow_send"})
    async with goal(client, planned, tools) as run:
        await run.decide("approve/mail", "approve")
        await until(lambda: len(tools.asked("slow_send")) == 1)
        await run.decide("failure/bad", "abort")
        await run.line("decided", "failure/bad")
        gate.opened.set()
        result = await run.result()
        record = await run.record()
    assert (result.outcome, len(result.in_doubt)) == ("aborted", 1)
    assert all(review.status != "open" for review in record.reviews)


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


async def test_of_a_plan_with_faults_nothing_runs(client: Client) -> None:
    async with goal(client, plan(add("one", 1), {**SEND, "review": False}, add("two", "many"))) as run:
        result = await run.result()
    assert (result.outcome, run.tools.handed) == ("refused", [])
    assert [fault.kind for fault in result.faults] == ["ungated_write", "wrong_type"]
