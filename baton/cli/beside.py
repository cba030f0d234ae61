"""Shadows beside the enquiries that they are of: how often both came to the same, and which of them people followed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import get_args

from pydantic import ValidationError

from baton.archive import Unreadable
from baton.cli.positions import (
    Position,
    all_was_done,
    decided,
    differences,
    done_in,
    first_effect_at,
    position_in,
    read_until,
)
from baton.cli.shadow_shapes import Choice, Decided, Difference, Differs, Made, NotCompared, ShadowTally, Verdict
from baton.cli.tallying import lengths, seconds_between, use_of
from baton.contracts import names
from baton.contracts.models import ModelCall
from baton.contracts.record import RunRecord
from baton.contracts.shadow import MODELS

_BY_AGENTS = (names.READ_ENQUIRY.name, names.PROPOSE_RESOLUTION.name)
_CHOSEN: dict[str, Verdict] = {
    "approve": "approved",
    "edit": "edited",
    "reject": "rejected",
    "handled_outside": "handled outside",
}


@dataclass(frozen=True)
class Beside:
    """One shadow and its enquiry. `why_not`: why they are not compared; else all that is counted of them."""

    enquiry_id: str
    models: tuple[str, ...]
    spent: tuple[ModelCall, ...]
    why_not: str = ""
    in_use: Position | None = None
    shadow: Position | None = None
    took_s: tuple[float, float] = (0, 0)
    verdict: Verdict | None = None
    done: tuple[str, ...] | None = None

    @property
    def differs(self) -> list[Differs]:
        """Where the two differ."""
        return differences(self.in_use, self.shadow) if self.in_use and self.shadow else []


def beside(shadow: RunRecord, enquiry: RunRecord | Unreadable | None) -> Beside:
    """The shadow beside its enquiry; None: that has not ended, or its record is not here."""
    asked = next((fact.value for fact in shadow.facts if fact.name == MODELS), None)
    pair = Beside(
        enquiry_id=shadow.enquiry_id.partition("/")[2],
        models=tuple(map(str, asked)) if isinstance(asked, list) else (),
        spent=tuple(call for entry in shadow.record for call in entry.calls),
    )
    if isinstance(enquiry, Unreadable):
        return replace(pair, why_not=f"the enquiry's record cannot be read: {enquiry.why}")
    try:
        return _compared(pair, shadow, enquiry)
    except ValidationError as problem:
        return replace(pair, why_not=f"what a record holds cannot be read: {str(problem).splitlines()[0]}")


def _compared(pair: Beside, shadow: RunRecord, enquiry: RunRecord | None) -> Beside:
    theirs = position_in(shadow)
    ours = position_in(enquiry) if enquiry else None
    why_not = _why_it_says_nothing(pair, shadow, theirs) or _why_nothing_is_beside_it(shadow, enquiry, ours)
    if why_not or theirs is None or ours is None or enquiry is None:
        return replace(pair, why_not=why_not)
    verdict = _verdict(enquiry)
    followed = verdict in ("approved", "edited", "written again") and not enquiry.replies and all_was_done(enquiry)
    return replace(
        pair,
        in_use=ours,
        shadow=theirs,
        took_s=(seconds_between(shadow.received_at, ours.at), seconds_between(shadow.received_at, theirs.at)),
        verdict=verdict,
        done=done_in(enquiry) if followed else None,
    )


def tally_of(pairs: Sequence[Beside], per_dollar: Decimal) -> ShadowTally:
    """What is counted of shadows that asked the same models."""
    compared = [pair for pair in pairs if not pair.why_not]
    differing = Counter(each.what for pair in compared for each in pair.differs)
    same: dict[Choice, int] = {what: len(compared) - differing[what] for what in get_args(Choice)}
    return ShadowTally(
        models=list(pairs[0].models) if pairs else [],
        shadows=len(pairs),
        compared=len(compared),
        same=same,
        same_in_all=sum(not pair.differs for pair in compared),
        decisions=[each for verdict in get_args(Verdict) if (each := _decided(verdict, compared)).enquiries],
        in_use=_made([pair.in_use for pair in compared], [pair.took_s[0] for pair in compared], per_dollar),
        shadow=_made([pair.shadow for pair in compared], [pair.took_s[1] for pair in compared], per_dollar),
        not_compared=[NotCompared(enquiry_id=pair.enquiry_id, why=pair.why_not) for pair in pairs if pair.why_not],
        differing=[
            Difference(
                enquiry_id=pair.enquiry_id, differs=pair.differs, decided=pair.verdict, done=list(pair.done or ())
            )
            for pair in compared
            if pair.differs
        ],
        spent=_paid((call for pair in pairs for call in pair.spent), per_dollar),
    )


def _why_it_says_nothing(pair: Beside, shadow: RunRecord, theirs: Position | None) -> str:
    """Empty where the models that were set made something of the enquiry."""
    if theirs is None:
        return shadow.result.summary if shadow.result else "it ended without a proposal"
    stood_in = _rules_stood_in(shadow)
    if stood_in:
        failed = [f"{each.agent}: {each.text}" for each in shadow.record if each.kind == "failed"]
        return f"rules stood in for its models: {failed[-1] if failed else stood_in}"
    others = sorted({call.model for call in pair.spent} - {*pair.models})
    return f"its worker asked {', '.join(others)}: BATON_SHADOW is another there" if others else ""


def _why_nothing_is_beside_it(shadow: RunRecord, enquiry: RunRecord | None, ours: Position | None) -> str:
    """Empty where what is in use made something of the same."""
    if enquiry is None:
        return "the enquiry has not ended"
    if ours is None:
        return "nothing was proposed in use on the first message alone"
    if _rules_stood_in(enquiry, until=ours.at):
        return "rules stood in for the models in use"
    changed = first_effect_at(enquiry)
    if changed is not None and read_until(shadow) >= changed:
        return "it came too late: orders were being changed already"
    return ""


def _rules_stood_in(record: RunRecord, *, until: datetime | None = None) -> str:
    """The step at which they did, until then; empty: at none."""
    return next(
        (
            entry.step
            for entry in record.record
            if entry.kind == "fell_back"
            and entry.step.partition("/")[0] in _BY_AGENTS
            and entry.agent.endswith("(rules)")
            and (until is None or entry.at <= until)
        ),
        "",
    )


def _verdict(enquiry: RunRecord) -> Verdict | None:
    choices = [review.decision.choice for review in decided(enquiry) if review.decision]
    last = _CHOSEN.get(choices[-1]) if choices else None
    if last in ("approved", "edited") and "request_changes" in choices:
        return "written again"
    return "edited" if last == "approved" and "edit" in choices else last


def _decided(verdict: Verdict, compared: Sequence[Beside]) -> Decided:
    alike = [pair for pair in compared if pair.verdict == verdict]
    return Decided(
        verdict=verdict,
        enquiries=len(alike),
        carried_out=sum(pair.done is not None for pair in alike),
        in_use=sum(_was_done(pair.in_use, pair.done) for pair in alike),
        shadow=sum(_was_done(pair.shadow, pair.done) for pair in alike),
    )


def _was_done(position: Position | None, done: tuple[str, ...] | None) -> bool:
    """Whether the side proposed just what then was done; a hand-over proposes nothing, and is not right by that."""
    return position is not None and position.course == "proposes" and position.actions == done


def _made(positions: Sequence[Position | None], took_s: Sequence[float], per_dollar: Decimal) -> Made:
    calls = [call for position in positions if position for call in position.calls]
    return _paid(calls, per_dollar).model_copy(update={"took": lengths(took_s)})


def _paid(calls: Iterable[ModelCall], per_dollar: Decimal) -> Made:
    use = use_of(calls)
    return Made(
        model_requests=use.model_requests,
        input_tokens=use.input_tokens,
        output_tokens=use.output_tokens,
        cost=use.dollars * per_dollar,
        price_unknown=use.price_unknown,
    )
