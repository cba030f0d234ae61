"""`shadow report`: which shadows are compared with their enquiries, and which are held against what was done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, JsonValue

from baton.archive import Archive
from baton.cli.beside import beside, tally_of
from baton.cli.presenting.shadow import shadow_report_shown
from baton.cli.shadow_shapes import ShadowReport
from baton.contracts.enquiry import EnquiryResult, Hints, Outcome, Proposal, Reading, Resolution
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.orders import CancelOrder
from baton.contracts.outcome import ProcessResult
from baton.contracts.record import Fact, RecordEntry, RunRecord, RunResult
from baton.contracts.review import Actor, Decision, Review
from baton.contracts.shadow import MODELS, PROPOSED
from tests.cli.command_line import run

AT = datetime(2026, 11, 10, 9, tzinfo=UTC)
ASKED = "openai:gpt-5"
REPLY_ALONE = Resolution()
CANCELS = Resolution(
    actions=[CancelOrder(action_id="a1", order_id="#W1", order_version="1", reason="no longer needed")]
)


def fact(name: str, value: BaseModel | JsonValue, seconds: float = 10) -> Fact:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return Fact(name=name, type="x", value=plain, step=name, agent="x", attempt=1, at=AT + timedelta(seconds=seconds))


def entry(kind: str, step: str, agent: str = "", *models: str) -> RecordEntry:
    prompt = PromptUsed(name="read_enquiry", version="1", digest="0" * 64)
    calls = [ModelCall(model=each, prompt=prompt, seconds=1) for each in models]
    return RecordEntry.model_validate(
        {"at": AT, "kind": kind, "step": step, "agent": agent, "text": "x", "calls": calls}
    )


def record(run_id: str, result: RunResult | None, facts: Sequence[Fact], *lines: RecordEntry) -> RunRecord:
    read = fact("read_enquiry", Reading(requests=[], hints=Hints(), confidence=1))
    return RunRecord(
        enquiry_id=run_id,
        process="shadow" if "/" in run_id else "enquiry",
        received_at=AT,
        facts=[read, *facts],
        record=list(lines),
        reviews=[],
        refusals=[],
        refused_count=0,
        result=result,
    )


def shadow(*lines: RecordEntry, seconds: float = 10) -> RunRecord:
    """One that would send a reply and do nothing."""
    ended = ProcessResult(run_id="shadow/INQ-1", outcome="done", summary="would propose: a reply alone")
    facts = [fact(MODELS, [ASKED]), fact(PROPOSED, Proposal(resolution=REPLY_ALONE), seconds)]
    return record("shadow/INQ-1", ended, facts, *lines)


def enquiry(outcome: Outcome = "answered", of: Resolution = REPLY_ALONE, *lines: RecordEntry) -> RunRecord:
    """One whose proposal was approved."""
    subject = of.model_dump(mode="json")
    seen = {"review_id": "resolution", "revision": 1, "subject_digest": "0" * 64}
    review = Review(
        **seen,
        kind="resolution",
        title="Decide",
        summary="it",
        subject=subject,
        subject_schema={},
        choices=[],
        created_at=AT + timedelta(seconds=20),
        due_at=AT,
        status="decided",
        decision=Decision(**seen, decision_id="d1", choice="approve", actor=Actor(id="nomsa")),
    )
    ended = EnquiryResult(enquiry_id="INQ-1", outcome=outcome, summary="x")
    made = record("INQ-1", ended, [fact("approved/1", subject)], *lines)
    return made.model_copy(update={"reviews": [review]})


def test_a_shadow_is_held_against_what_was_approved_and_done() -> None:
    pair = beside(shadow(), enquiry())
    assert (pair.why_not, pair.verdict, pair.done) == ("", "approved", ())
    (decided,) = tally_of([pair], Decimal(1)).decisions
    assert (decided.enquiries, decided.carried_out, decided.in_use, decided.shadow) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "not_carried_out",
    [
        enquiry("cancelled"),
        enquiry("done_without_reply"),
        enquiry("answered", CANCELS),
        enquiry().model_copy(update={"replies": ["r1"]}),
    ],
    ids=["cancelled", "reply left out", "action left out", "the customer wrote again"],
)
def test_one_who_proposes_nothing_is_not_right_because_nothing_was_done(not_carried_out: RunRecord) -> None:
    pair = beside(shadow(), not_carried_out)
    assert (pair.why_not, pair.verdict, pair.done) == ("", "approved", None)
    (decided,) = tally_of([pair], Decimal(1)).decisions
    assert (decided.enquiries, decided.carried_out, decided.in_use, decided.shadow) == (1, 0, 0, 0)


def test_a_model_that_was_not_set_where_the_enquiry_was_started_is_named_and_not_compared() -> None:
    asked = entry("done", "read_enquiry", "Shadow (gpt-4)", ASKED, "openai:gpt-4")
    assert beside(shadow(asked), enquiry()).why_not == "its worker asked openai:gpt-4: BATON_SHADOW is another there"
    assert beside(shadow(entry("done", "read_enquiry", "Shadow (gpt-5)", ASKED)), enquiry()).why_not == ""


def test_rules_that_stood_in_for_the_models_in_use_are_not_compared() -> None:
    fell = entry("fell_back", "propose_resolution", "Resolver (rules)")
    assert beside(shadow(), enquiry("answered", REPLY_ALONE, fell)).why_not == "rules stood in for the models in use"
    later = fell.model_copy(update={"at": AT + timedelta(hours=1)})
    assert beside(shadow(), enquiry("answered", REPLY_ALONE, later)).why_not == "", "that was another revision"


def test_a_shadow_on_a_clock_that_is_behind_took_no_less_than_no_time() -> None:
    assert beside(shadow(seconds=-299), enquiry()).took_s == (20, 0)


async def test_damaged_records_are_named_and_the_others_are_counted(alone: Path) -> None:
    archive = Archive(alone / "state")
    for number in range(1, 6):
        for made in (shadow(), enquiry()):
            archive.keep(made.model_copy(update={"enquiry_id": made.enquiry_id.replace("1", str(number))}))
    facts = {"INQ-2": "{", "INQ-3": '"none"', "shadow/INQ-4": "{"}  # lines that nothing else is counted from
    for run_id, line in facts.items():
        with archive.path(run_id).open("a") as file:
            file.write(f'{{"kind": "facts", "value": {line}\n')
    other = archive.path("INQ-5")
    other.write_text(other.read_text().replace('"requests": []', '"requests": 7'))
    said = await run("shadow", "report", "--month", "2026-11", "--json")
    assert said.code == 0, said
    report = ShadowReport.model_validate_json(said.out)
    damaged = {str(archive.path(run_id)) for run_id in facts}
    assert set(report.unreadable) == damaged
    assert all(path in said.err.replace("\n", "") for path in damaged)
    (tally,) = report.tallies
    assert (tally.shadows, tally.compared) == (4, 1)
    why = {each.enquiry_id: each.why for each in tally.not_compared}
    assert [why[each].partition(":")[0] for each in ("INQ-2", "INQ-3", "INQ-5")] == [
        "the enquiry's record cannot be read",
        "the enquiry's record cannot be read",
        "what a record holds cannot be read",
    ]
    assert shadow_report_shown(report)
