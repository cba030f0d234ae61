"""Whatever arrives as a signal: the sender sees success, the run records it and goes on."""

import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import Client

from baton.contracts import names
from baton.contracts.record import RunRecord

from .driver import Run, enquiry, eventually

JSON = {"encoding": b"json/plain"}


def _payload(value: object, **metadata: bytes) -> Payload:
    return Payload(metadata=metadata or JSON, data=value if isinstance(value, bytes) else json.dumps(value).encode())


async def _signal(client: Client, run: Run, name: str, payloads: list[Payload]) -> None:
    """Past the client's own checks, as any program could send it."""
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=run.handle.id),
            signal_name=name,
            input=Payloads(payloads=payloads),
        ),
        timeout=timedelta(seconds=5),
    )


async def _refused(run: Run, count: int = 1) -> RunRecord:
    async def look() -> RunRecord | None:
        record = await run.record()
        return record if record.refused_count >= count else None

    return await eventually(look)


GOOD = {
    "decision_id": "d1",
    "review_id": "resolution",
    "revision": 1,
    "subject_digest": "0",
    "choice": "approve",
    "actor": {"id": "x"},
}

GARBAGE: list[tuple[str, list[Payload], str]] = [
    ("a wrong type", [_payload({**GOOD, "revision": "first"})], "revision"),
    ("JSON inside a string", [_payload(json.dumps(GOOD))], "the whole"),
    ("an unknown encoding", [_payload(b"x", encoding=b"binary/odd")], "binary/odd"),
    (
        "bytes like a decision",
        [_payload(json.dumps(GOOD).encode(), encoding=b"binary/plain")],
        "binary/plain",
    ),
    ("no encoding at all", [Payload(data=b"{}", metadata={"other": b"1"})], "encoding ''"),
    ("no argument", [], "no argument"),
    ("null", [_payload(None)], "the whole"),
    ("cut JSON", [_payload(b'{"decision_id": "d')], "JSON"),
    ("JSON nested a thousand deep", [_payload(b"[" * 100_000)], "JSON"),
    ("an argument too many", [_payload(GOOD), _payload(GOOD)], ""),
    ("a stale digest", [_payload(GOOD)], "digest"),
    ("an unknown review", [_payload({**GOOD, "review_id": "other"})], "no such review"),
    ("another revision", [_payload({**GOOD, "revision": 7})], "revision 7"),
    ("300 KB", [_payload({**GOOD, "proof": "x" * 300_000})], "bytes"),
]


@pytest.mark.parametrize(("payloads", "reason"), [row[1:] for row in GARBAGE], ids=[row[0] for row in GARBAGE])
async def test_a_bad_decision_is_recorded_with_its_reason_and_a_good_one_still_counts(
    client: Client, payloads: list[Payload], reason: str
) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _signal(client, run, names.DECIDE_REVIEW, payloads)
        record = await _refused(run)
        assert reason in record.refusals[0].reason
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


@pytest.mark.parametrize("name", [names.ASSIGN_REVIEW, names.CUSTOMER_REPLIED, "approve_everything"])
async def test_garbage_under_any_name_is_recorded(client: Client, name: str) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        await _signal(client, run, name, [_payload("garbage")])
        assert (await _refused(run)).refusals[0].signal == name
        await run.decide("reject")
        await run.result()


async def _choice(run: Run, **changed: Any) -> str:
    return (await run.became(await run.decide(**changed))).reason


async def test_an_answer_that_does_not_fit_its_choice_is_refused(client: Client) -> None:
    async with enquiry(client) as run:
        assert "offers" in await _choice(run, choice="skip")
        assert "needs a comment" in await _choice(run, choice="request_changes")
        assert "takes no value" in await _choice(run, choice="approve", value={"x": 1})
        assert "does not fit" in await _choice(run, choice="edit", value={"actions": "all of them"})
        assert "does not fit" in await _choice(run, choice="edit", value={"actions": [], "replay": None})
        assert "digest" in await _choice(run, choice="approve", subject_digest="f" * 64)
        await run.decide("reject")
        await run.result()


async def test_the_first_valid_decision_wins(client: Client) -> None:
    async with enquiry(client) as run:
        review = await run.open_review()
        first = await run.decide("request_changes", comment="kinder")
        assert (await run.became(first)).status == "accepted"
        await run.revision(2)
        late = first.model_copy(update={"decision_id": "late", "choice": "approve", "comment": ""})
        await run.handle.signal(names.DECIDE_REVIEW, late)
        status = await run.became(late)
        assert (status.status, status.reason) == ("refused", "the review is decided by nomsa already")
        again = await run.became(first)
        assert again.status == "accepted"
        assert review.revision == 1
        await run.decide("reject")
        await run.result()


async def test_the_last_fifty_refusals_are_kept_and_the_rest_counted(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        for _ in range(60):
            await _signal(client, run, names.DECIDE_REVIEW, [])
        record = await _refused(run, 60)
        assert (len(record.refusals), record.refused_count) == (50, 60)
        await run.decide("reject")
        await run.result()


async def test_an_assignment_names_people_and_closes_nothing(client: Client) -> None:
    async with enquiry(client) as run:
        review = await run.open_review()
        due_at = review.due_at + timedelta(days=1)
        await run.handle.signal(
            names.ASSIGN_REVIEW,
            {
                "assignment_id": "as1",
                "review_id": review.review_id,
                "assignees": ["sipho"],
                "due_at": due_at.isoformat(),
                "actor": {"id": "nomsa"},
            },
        )

        async def look() -> bool | None:
            now = await run.open_review()
            return (now.assignees == ["sipho"] and now.due_at == due_at) or None

        await eventually(look)
        await run.decide("approve")
        assert (await run.result()).outcome == "answered"


async def test_the_same_reply_twice_counts_once(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        reply = {"reply_id": "r1", "message": {"text": "one more thing"}}
        await run.handle.signal(names.CUSTOMER_REPLIED, reply)
        await run.handle.signal(names.CUSTOMER_REPLIED, reply)
        await run.revision(2)
        await run.decide("approve")
        await run.result()
    assert [len(handed["replies"]) for handed in run.team.asked("read_enquiry")] == [0, 1]


async def test_what_the_customer_writes_during_a_review_is_read_before_anybody_can_approve(client: Client) -> None:
    async with enquiry(client) as run:
        seen = await run.open_review()
        await run.reply("please do NOT cancel it after all")
        await run.revision(2)
        blind = await run.decide("approve", review_id=seen.review_id, revision=seen.revision)
        status = await run.became(blind)
        assert (status.status, status.reason) == ("refused", "the review is superseded already")
        assert "cancel_order" not in run.team.steps
        assert len(run.team.asked("propose_resolution")[-1]["replies"]) == 1
        await run.decide("reject")
        await run.result()
