"""What a run made of an enquiry before a person decided, where two of them differ, and what then was done."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from baton.cli.shadow_shapes import Choice, Course, Differs
from baton.contracts import names
from baton.contracts.enquiry import ActionResult, CustomerMatch, OrderChoice, Proposal, Reading, Resolution
from baton.contracts.models import ModelCall
from baton.contracts.orders import Action, ActionKind
from baton.contracts.record import Fact, RunRecord
from baton.contracts.review import Review
from baton.contracts.shadow import PROPOSED

_KINDS = get_args(ActionKind)
_ASKED, _RESOLUTION = names.ASK_CUSTOMER.name, "resolution"
_NONE = "none"
_TOLD_APART_BY_NOTHING = {"kind", "order_id", "order_version", "action_id", "summary"}


@dataclass(frozen=True)
class Position:
    """What a first reading came to, in words that can be compared. `at`: when; `calls`: what models took until then."""

    customer: str
    requests: tuple[str, ...]
    orders: tuple[str, ...]
    course: Course
    actions: tuple[str, ...]
    at: datetime
    calls: tuple[ModelCall, ...]


def position_in(record: RunRecord) -> Position | None:
    """What the run made of the message as it came in; None where it never came to that."""
    facts = {fact.name: fact for fact in record.facts}
    read = facts.get(names.READ_ENQUIRY.name)
    if read is None:
        return None
    reading = Reading.model_validate(read.value)
    came_to = _came_to(record, facts, dismissed=reading.not_an_enquiry is not None)
    if came_to is None:
        return None
    course, actions, at = came_to
    match, choice = facts.get(names.FIND_CUSTOMER.name), facts.get(names.CHOOSE_ORDERS.name)
    found = CustomerMatch.model_validate(match.value).customer if match else None
    chosen = OrderChoice.model_validate(choice.value).chosen if choice else []
    return Position(
        customer=found.customer_id if found else "",
        requests=tuple(sorted(request.kind for request in reading.requests)),
        orders=tuple(sorted({order_id for each in chosen for order_id in each.order_ids})),
        course=course,
        actions=actions,
        at=at,
        calls=tuple(call for entry in record.record if entry.at <= at for call in entry.calls),
    )


def _came_to(
    record: RunRecord, facts: dict[str, Fact], *, dismissed: bool
) -> tuple[Course, tuple[str, ...], datetime] | None:
    """The first that a person was shown, or would have been."""
    if dismissed:
        return "dismisses", (), facts[names.READ_ENQUIRY.name].at
    proposed = facts.get(PROPOSED)
    if proposed is not None:
        proposal = Proposal.model_validate(proposed.value)
        return "hands over" if proposal.unsure else "proposes", _named(proposal.resolution.actions), proposed.at
    first = next(iter(_shown(record)), None)
    asked = facts.get(_ASKED)
    if asked is not None and (first is None or asked.at <= first.created_at) and _is_question(asked):
        return "asks the customer", (), asked.at
    read_again = facts.get(f"{names.READ_ENQUIRY.name}/2")
    if first is None or (read_again is not None and read_again.at <= first.created_at):
        return None  # what was shown answers more than the first message
    actions = _named(Resolution.model_validate(first.subject).actions)
    return "hands over" if first.kind == "hand_over" else "proposes", actions, first.created_at


def differences(in_use: Position, shadow: Position) -> list[Differs]:
    """Where they differ, each with what either made of it."""
    pairs: list[tuple[Choice, str, str]] = [
        ("customer", in_use.customer or "nobody", shadow.customer or "nobody"),
        ("requests", _listed(in_use.requests), _listed(shadow.requests)),
        ("orders", _listed(in_use.orders), _listed(shadow.orders)),
        ("course", in_use.course, shadow.course),
        ("actions", _listed(in_use.actions), _listed(shadow.actions)),
    ]
    return [Differs(what=what, in_use=ours, shadow=theirs) for what, ours, theirs in pairs if ours != theirs]


def done_in(record: RunRecord) -> tuple[str, ...]:
    """The actions that were carried out and stand, as positions name them."""
    facts = {fact.name: fact for fact in record.facts}
    undone = {entry.step.partition("/")[2].partition("/")[2] for entry in record.record if entry.kind == "undone"}
    return _named(
        [
            action
            for fact in record.facts
            if fact.name.startswith("approved/")
            for action in Resolution.model_validate(fact.value).actions
            if _was_done(facts.get(f"{action.kind}/{action.action_id}/{_revision(fact)}"))
            and f"{action.action_id}/{_revision(fact)}" not in undone
        ]
    )


def all_was_done(record: RunRecord) -> bool:
    """Whether all that was approved last was done, stands, and was answered to the customer."""
    approved = [fact for fact in record.facts if fact.name.startswith("approved/")]
    answered = record.result is not None and record.result.outcome == "answered"
    last = Resolution.model_validate(approved[-1].value).actions if approved else []
    return answered and bool(approved) and not Counter(_named(last)) - Counter(done_in(record))


def first_effect_at(record: RunRecord) -> datetime | None:
    """When an order was first changed, or may have been."""
    return min((each.at for each in record.record if each.key and each.step.partition("/")[0] in _KINDS), default=None)


def read_until(record: RunRecord) -> datetime:
    """When the order system was last read for what was proposed."""
    steps = (names.FIND_CUSTOMER.name, names.CHECK_ORDERS.name, names.LOOK_UP_PRODUCTS.name)
    return max((fact.at for fact in record.facts if fact.name.partition("/")[0] in steps), default=record.received_at)


def decided(record: RunRecord) -> list[Review]:
    """What people decided on what was proposed, in order."""
    return [review for review in _shown(record) if review.decision is not None]


def _shown(record: RunRecord) -> list[Review]:
    return [review for review in record.reviews if review.review_id == _RESOLUTION]


def _revision(approved: Fact) -> str:
    return approved.name.partition("/")[2]


def _was_done(result: Fact | None) -> bool:
    return result is not None and ActionResult.model_validate(result.value).outcome == "done"


def _is_question(asked: Fact) -> bool:
    """Without a mail nobody could be asked."""
    return isinstance(asked.value, dict) and asked.value.get("mail") is not None


def _named(actions: list[Action]) -> tuple[str, ...]:
    return tuple(sorted(_words_of(action) for action in actions))


def _words_of(action: Action) -> str:
    """All that makes it another action; neither its id, nor how it is told to a reviewer."""
    told = action.model_dump(mode="json", exclude=_TOLD_APART_BY_NOTHING)
    details = [_detail(value) for value in told.values()]
    return f"{action.kind} on {action.order_id}" + (f" ({'; '.join(details)})" if details else "")


def _detail(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(map(_detail, value)))
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values() if each)
    return str(value)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words) or _NONE
