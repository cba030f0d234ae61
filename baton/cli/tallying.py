"""What is counted of runs: outcomes, times, what went wrong on the way, and what models took."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from statistics import median

from baton.cli.shapes import Lengths, Tally
from baton.contracts.models import ModelCall
from baton.contracts.record import RunRecord

_TRIED = ("done", "failed", "ambiguous")


@dataclass(frozen=True)
class Use:
    """Requests to models, and what they took. `price_unknown`: for how many of them nobody knows what they cost."""

    model_requests: int
    input_tokens: int
    output_tokens: int
    dollars: Decimal
    price_unknown: int


def use_of(calls: Iterable[ModelCall]) -> Use:
    """What these requests took."""
    every = list(calls)
    known = [call.price for call in every if call.price is not None]
    return Use(
        model_requests=len(every),
        input_tokens=sum(call.input_tokens for call in every),
        output_tokens=sum(call.output_tokens for call in every),
        dollars=sum(known, Decimal(0)),
        price_unknown=len(every) - len(known),
    )


@dataclass(frozen=True)
class Counts:
    """What is counted of one run that ended. Records of thousands would fill the memory."""

    run_id: str
    process: str
    outcome: str
    handed_over: bool
    turnaround_s: float
    opened_to_decided_s: tuple[float, ...]
    retries: int
    fallbacks: int
    failure_reviews: int
    use: Use


def counts_of(record: RunRecord) -> Counts:
    """What is counted of this run."""
    return Counts(
        run_id=record.enquiry_id,
        process=record.process,
        outcome=record.result.outcome if record.result else "unknown",
        handed_over=any(review.kind == "hand_over" for review in record.reviews),
        turnaround_s=seconds_between(record.received_at, _closed_at(record)),
        opened_to_decided_s=tuple(_opened_to_decided(record)),
        retries=sum(max(0, entry.attempt - 1) for entry in record.record if entry.kind in _TRIED),
        fallbacks=sum(entry.kind == "fell_back" for entry in record.record),
        failure_reviews=sum(review.kind == "failure" for review in record.reviews),
        use=use_of(call for entry in record.record for call in entry.calls),
    )


def tally(process: str, ended: Sequence[Counts], still_open: int | None, per_dollar: Decimal) -> Tally:
    """What became of these runs, and of so many more that have not ended."""
    return Tally(
        process=process,
        received=len(ended) + (still_open or 0),
        open=still_open,
        outcomes=dict(Counter(each.outcome for each in ended).most_common()),
        handed_over=sum(each.handed_over for each in ended),
        turnaround=lengths(each.turnaround_s for each in ended),
        reviews=lengths(seconds for each in ended for seconds in each.opened_to_decided_s),
        retries=sum(each.retries for each in ended),
        fallbacks=sum(each.fallbacks for each in ended),
        failure_reviews=sum(each.failure_reviews for each in ended),
        model_requests=sum(each.use.model_requests for each in ended),
        input_tokens=sum(each.use.input_tokens for each in ended),
        output_tokens=sum(each.use.output_tokens for each in ended),
        cost=sum((each.use.dollars for each in ended), Decimal(0)) * per_dollar,
        price_unknown=sum(each.use.price_unknown for each in ended),
    )


def lengths(seconds: Iterable[float]) -> Lengths:
    """Of so many times the median, the one that nine in ten do not exceed, and the sum."""
    each = sorted(seconds)
    if not each:
        return Lengths()
    return Lengths(
        count=len(each),
        median_s=round(median(each), 3),
        p90_s=round(each[ceil(0.9 * len(each)) - 1], 3),
        total_s=round(sum(each), 3),
    )


def seconds_between(begin: datetime, end: datetime) -> float:
    """Never less than none: the two may be of two clocks."""
    return max(0.0, (end - begin).total_seconds())


def _closed_at(record: RunRecord) -> datetime:
    closed = [entry.at for entry in record.record if entry.kind == "closed" and entry.step == "closed"]
    last = record.record[-1].at if record.record else record.received_at
    return closed[-1] if closed else last


def _opened_to_decided(record: RunRecord) -> Iterable[float]:
    """A review's lines name no revision, but its revisions are decided in their order."""
    decided = defaultdict(list)
    for entry in record.record:
        if entry.kind == "decided":
            decided[entry.step].append(entry.at)
    for review in record.reviews:
        if review.status == "decided" and decided[review.review_id]:
            yield seconds_between(review.created_at, decided[review.review_id].pop(0))
