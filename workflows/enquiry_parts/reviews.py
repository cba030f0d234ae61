"""What a reviewer of an enquiry sees: the subject, what it rests on, and the ways to answer."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from baton.contracts.enquiry import EnquiryResult, Evidence, Proposal, Question, Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.review import Decision, Review, ReviewChoice, Risk
from baton.contracts.sizes import MOST_LINE, MOST_SUBJECT, size_of
from baton.contracts.systems import CrmEntry
from workflows.review_desk import ReviewDesk
from workflows.schema_check import closed_schema

from .case_file import CaseFile, numbered
from .second_look import Looked

MOST_CHANGE_REQUESTS = 5

RESOLUTION_SCHEMA = closed_schema(Resolution)
MAIL_SCHEMA = closed_schema(OutgoingMail)

_CAREFUL = "something to be careful of: see the notes"
_OBJECTED = "a model objects to the draft: see the notes"
_REJECT = ReviewChoice(id="reject", label="Do nothing, send nothing, and close the enquiry")
_REWRITE = ReviewChoice(id="request_changes", label="Write it again with this comment", needs="comment")
_CHANGES = ReviewChoice(id="request_changes", label="Propose again with this comment", needs="comment")


def open_resolution_review(
    desk: ReviewDesk, case: CaseFile, proposal: Proposal, looked: Looked, *, may_change: bool
) -> Review:
    """What would be done and sent, for a person to approve; or a hand-over, for a person to complete."""
    hand_over = bool(proposal.unsure)
    risk, reasons = risk_of(case, proposal, objected=looked.objects)
    return desk.open(
        "resolution",
        "hand_over" if hand_over else "resolution",
        title="Complete and answer this enquiry" if hand_over else "Approve what would be done and sent",
        summary=_summary(case, proposal),
        subject=proposal.resolution.model_dump(mode="json"),
        subject_schema=RESOLUTION_SCHEMA,
        choices=resolution_choices(hand_over=hand_over, may_change=may_change),
        revision=case.revision,
        evidence=[_at_source(case, each) for each in proposal.evidence],
        notes=[
            *careful(case, proposal.warnings),
            *looked.lines,
            *proposal.remarks,
            *case.news,
            *case.done_already(),
            *(f"unsure: {each}" for each in proposal.unsure),
        ]
        + [f"not possible: {each.explanation} ({each.rule})" for each in proposal.refused],
        risk=risk,
        risk_reasons=reasons,
    )


def open_edited_review(
    desk: ReviewDesk,
    edited: Review,
    subject: JsonValue,
    breaches: Sequence[str],
    revision: int,
    *,
    warnings: Sequence[str],
    may_change: bool,
) -> Review:
    """An edit that the policy forbids comes back to the person, with the rule that it breaks."""
    return desk.open(
        "resolution",
        "hand_over",
        title="The policy forbids this edit: change it, or handle it outside",
        summary=edited.summary,
        subject=subject,
        subject_schema=RESOLUTION_SCHEMA,
        choices=resolution_choices(hand_over=True, may_change=may_change),
        revision=revision,
        evidence=edited.evidence,
        notes=[*(f"forbidden: {breach}" for breach in breaches), *(f"careful: {each}" for each in warnings)],
        risk="high",
        risk_reasons=["an edit broke the policy"],
    )


def open_question_review(
    desk: ReviewDesk, case: CaseFile, question: Question, round_: int, revision: int, *, may_change: bool
) -> Review:
    """A question to the customer is reviewed like any mail."""
    assert question.mail is not None
    warned = careful(case, question.warnings)
    not_found = [one.why for one in (case.choice.chosen if case.choice else []) if not one.order_ids]
    return desk.open(
        numbered("question", round_),
        "question",
        title="Approve this question to the customer",
        summary=f"Missing: {'; '.join(question.asks_for or case.missing)}",
        subject=question.mail.model_dump(mode="json"),
        subject_schema=MAIL_SCHEMA,
        choices=[
            ReviewChoice(id="approve", label="Send the question"),
            ReviewChoice(id="edit", label="Send it as I write it", needs="value", schema=MAIL_SCHEMA),
            *([_REWRITE] if may_change else []),
            ReviewChoice(id="reject", label="Do not ask: hand the enquiry to a person"),
        ],
        revision=revision,
        evidence=[Evidence(label="sender", value=case.match.sender.reason, source=case.match_fact)],
        notes=[*warned, *dict.fromkeys(not_found)],
        risk="medium" if warned else "low",
        risk_reasons=[_CAREFUL] if warned else [],
    )


def careful(case: CaseFile, warnings: Sequence[str]) -> list[str]:
    """What tries to steer whoever decides, and what in a draft comes from no fact."""
    return [f"careful: {each}" for each in dict.fromkeys([*case.reading.warnings, *warnings])]


def resolution_choices(*, hand_over: bool, may_change: bool) -> list[ReviewChoice]:
    """A hand-over cannot be approved as it is: a person completes it, or handles it outside."""
    edit = ReviewChoice(id="edit", label="Do and send it as I write it", needs="value", schema=RESOLUTION_SCHEMA)
    first = [] if hand_over else [ReviewChoice(id="approve", label="Do this and send this")]
    changes = [_CHANGES] if may_change else []
    outside = [ReviewChoice(id="handled_outside", label="I handled it outside; close it")] if hand_over else []
    return [*first, edit, *changes, *outside, _REJECT]


def risk_of(case: CaseFile, proposal: Proposal, *, objected: bool = False) -> tuple[Risk, list[str]]:
    """How closely to look, and why. A model's objection makes nothing more than medium: it may be wrong."""
    reasons = []
    if case.match.customer and case.match.sender.status == "unverified":
        reasons.append(f"sender not verified: {case.match.sender.reason}")
    if any(order.stale_since for order in case.orders.values()):
        reasons.append("an order is an old copy")
    if case.news:
        reasons.append("something changed since the last revision")
    if careful(case, proposal.warnings):
        reasons.append(_CAREFUL)
    acts = bool(proposal.resolution.actions)
    objection = [_OBJECTED] if objected else []
    if reasons:
        return ("high" if acts or proposal.unsure else "medium"), [*reasons, *objection]
    lesser = [*(["it changes an order"] if acts else []), *objection]
    return ("medium" if lesser else "low"), lesser


def crm_entry(result: EnquiryResult, case: CaseFile | None, decision: Decision | None, *, at: datetime) -> CrmEntry:
    """The line in the customer's history. It names the archive's record by the enquiry's id."""
    customer = case.match.customer if case else None
    return CrmEntry(
        enquiry_id=result.enquiry_id,
        customer_id=customer.customer_id if customer else None,
        outcome=result.outcome,
        summary=result.summary,
        actions=result.actions_done,
        decided_by=decision.actor.id if decision else None,
        at=at,
        archive=f"archive/{result.enquiry_id}.jsonl",
    )


def that_can_be_shown(proposal: Proposal) -> Proposal:
    """The proposal; one too large for a person to answer becomes a hand-over with the beginning of its reply."""
    size = size_of(proposal.resolution.model_dump(mode="json"))
    if size <= MOST_SUBJECT:
        return proposal
    reply = proposal.resolution.reply
    begun = reply.model_copy(update={"body": reply.body[:MOST_LINE], "references": []}) if reply else None
    if begun and size_of(begun.model_dump(mode="json")) > MOST_SUBJECT:
        begun = None
    because = f"what was proposed has {size:,} bytes, more than a person can be asked to approve ({MOST_SUBJECT:,})"
    return proposal.model_copy(update={"resolution": Resolution(reply=begun), "unsure": [*proposal.unsure, because]})


def repeated(resolution: Resolution, used: Sequence[str]) -> list[str]:
    """Action ids that stand twice, or that another effect of this run has: their keys would meet."""
    ids = [action.action_id for action in resolution.actions]
    return sorted({each for each in ids if ids.count(each) > 1 or each in used or _is_taken(each)})


def _is_taken(action_id: str) -> bool:
    return action_id in ("reply", "log") or action_id.startswith("question-")


def _at_source(case: CaseFile, evidence: Evidence) -> Evidence:
    return evidence.model_copy(update={"source": case.source_of(evidence.source)})


def _summary(case: CaseFile, proposal: Proposal) -> str:
    asked = (
        "; ".join(request.words[:120].rstrip(". ") for request in case.reading.requests)
        or "nothing that could be made out"
    )
    acts = ", ".join(action.summary or action.kind for action in proposal.resolution.actions) or "no action"
    return f"Asked: {asked}. Proposed: {acts}."
