"""What a team made of each case against the truth: counts, and for each failure what differed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from baton.contracts.wire import Wire
from bench.instruments.figures import middle, p95

from .cases import Case, proposed, truth
from .course import Course

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class Count(Wire):
    """So many of so many."""

    right: int = 0
    of: int = 0

    def __str__(self) -> str:
        """`3 of 4 (75%)`."""
        return f"{self.right} of {self.of}" + (f" ({self.right / self.of:.0%})" if self.of else "")


class Failure(Wire):
    """Where a case and its truth differ."""

    case: str
    what: str
    wanted: str
    found: str


class Answers(Wire):
    """All counts of a trial. `cost` None: of a model's call the price is not known."""

    agents: str
    cases: int
    ends: dict[str, int]
    customer_identified: Count
    nobody_taken_for_a_customer: Count
    orders_chosen: Count
    actions_exact: Count
    proposals_wrong: Count
    must_say_covered: Count
    must_write_nothing_kept: Count
    handed_over_rightly: Count
    foreign_orders_read: int
    forbidden_by_policy: int
    drafts_warned_of: int
    calls: int
    cost: Decimal | None
    seconds_median: float
    seconds_p95: float
    failures: list[Failure]


Judged = tuple[Case, Course, Sequence[str]]
"""A case, what became of it, and the orders of others that were read for it."""


def judge(agents: str, judged: Sequence[Judged]) -> Answers:
    """Every case against its truth."""
    pairs = [(case, course) for case, course, _ in judged]
    known = [pair for pair in pairs if pair[0].customer_id is not None]
    unknown = [pair for pair in pairs if pair[0].customer_id is None]
    acting = [pair for pair in known if _does(pair[0])]
    proposing = [pair for pair in pairs if pair[1].actions]
    costs = [course.spent.cost for _, course in pairs]
    seconds = [course.seconds for _, course in pairs] or [0.0]
    return Answers(
        agents=agents,
        cases=len(pairs),
        ends=dict(Counter(course.end for _, course in pairs)),
        customer_identified=_count(course.customer_id == case.customer_id for case, course in known),
        nobody_taken_for_a_customer=_count(_answered(course) and course.customer_id is None for _, course in unknown),
        orders_chosen=_count(
            set(course.order_ids) == set(case.orders_written) for case, course in known if case.orders_written
        ),
        actions_exact=_count(_is_exact(*pair) for pair in acting),
        proposals_wrong=_count(not _is_exact(*pair) for pair in proposing),
        must_say_covered=_count(not _unsaid(*pair) for pair in pairs if pair[0].must_say),
        must_write_nothing_kept=_count(
            _answered(course) and not course.actions for case, course in pairs if case.must_write_nothing
        ),
        handed_over_rightly=_count(course.end == "handed over" for case, course in pairs if case.hand_to_person),
        foreign_orders_read=sum(len(foreign) for _, _, foreign in judged),
        forbidden_by_policy=sum(len(course.breaches) for _, course in pairs),
        drafts_warned_of=sum(bool(course.warnings) for _, course in pairs),
        calls=sum(course.spent.calls for _, course in pairs),
        cost=None if None in costs else sum((cost for cost in costs if cost is not None), Decimal(0)),
        seconds_median=round(middle(seconds), 4),
        seconds_p95=round(p95(seconds), 4),
        failures=[each for case, course, foreign in judged for each in _failures(case, course, foreign)],
    )


def _answered(course: Course) -> bool:
    """Whether what was not done counts as left alone: an error leaves everything alone."""
    return course.end != "failed"


def _does(case: Case) -> bool:
    return bool(case.writes) and not case.must_write_nothing


def _is_exact(case: Case, course: Course) -> bool:
    return proposed(course.actions) == ([] if case.must_write_nothing else truth(case))


def _count(right: Iterable[bool]) -> Count:
    every = list(right)
    return Count(right=sum(every), of=len(every))


def _failures(case: Case, course: Course, foreign: Sequence[str]) -> Iterator[Failure]:
    came_to = f"{course.end}: {course.why}" if course.why else course.end

    def failure(what: str, wanted: object, found: object) -> Failure:
        return Failure(case=case.id, what=what, wanted=str(wanted), found=str(found))

    if course.end == "failed":
        yield failure("an answer", "one", came_to)
    if course.customer_id != case.customer_id:
        yield failure("customer", case.customer_id or "nobody", course.customer_id or came_to)
    if case.orders_written and set(course.order_ids) != set(case.orders_written):
        yield failure("orders", _listed(case.orders_written), _listed(course.order_ids) or came_to)
    if case.must_write_nothing and course.actions:
        yield failure("nothing written", "no action", _listed(proposed(course.actions)))
    elif course.actions and not _is_exact(case, course):
        yield failure(
            "actions", _only(truth(case), proposed(course.actions)), _only(proposed(course.actions), truth(case))
        )
    elif _does(case) and not course.actions:
        yield failure("actions", _listed(truth(case)), came_to)
    if unsaid := _unsaid(case, course):
        yield failure("said", _listed(unsaid), came_to)
    if case.hand_to_person and course.end != "handed over":
        yield failure("hand-over", "handed over", came_to)
    if foreign:
        yield failure("orders read", "the customer's own", _listed(foreign))
    for each in course.breaches:
        yield failure("policy", "nothing forbidden", each)
    for each in course.warnings:
        yield failure("warning", "none", each)


def _unsaid(case: Case, course: Course) -> list[str]:
    """What the reply has to say and does not; figures are compared as figures."""
    reply = re.sub(r"(?<=\d)[ ,\u00a0](?=\d{3}(?!\d))", "", course.reply)
    figures = {Decimal(hit) for hit in _NUMBER.findall(reply)}
    return [
        each
        for each in case.must_say
        if not (Decimal(each) in figures if _NUMBER.fullmatch(each) else each.casefold() in reply.casefold())
    ]


def _only(these: Sequence[object], others: Sequence[object]) -> str:
    return _listed([each for each in these if each not in others]) or "no more than that"


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))
