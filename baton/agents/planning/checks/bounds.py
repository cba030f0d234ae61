"""What a plan must not go beyond: people's approval, and its budget; and what it must come to: the wanted facts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from baton.contracts.plan import Budget, PlanCard, PlanFault, PlanStep
from baton.contracts.plan_builtin import ASK_PERSON, WAIT
from baton.contracts.types import fits

from .links import Link, in_order
from .literals import NULL
from .offers import kinds_in
from .telling import fault, few, meant, quoted


def gate_faults(steps: Sequence[PlanStep], cards: Mapping[str, PlanCard]) -> Iterator[PlanFault]:
    """Every write has a review of its own.

    A review of an earlier step does not cover it: what a person approved there, and is bound to by its digest, are
    other inputs than those that would be written.
    """
    for step in steps:
        card = cards.get(step.capability)
        if card is not None and card.writes and not step.review:
            what = "cannot be taken back" if card.effect == "irreversible" else "changes something outside"
            message = f"{card.name} {what}, and nobody is asked before"
            yield fault(
                "ungated_write", ("steps", step.id, "review"), message, 'let a person approve it: "review": true'
            )


def wanted_faults(
    wanted: Sequence[str], steps: Sequence[PlanStep], cards: Mapping[str, PlanCard]
) -> Iterator[PlanFault]:
    """Each wanted fact is a step's result, or a part of one."""
    produced: set[str] = set()
    for step in steps:
        kinds = kinds_in(cards[step.capability])
        produced |= kinds | ({f"list[{cards[step.capability].gives}]"} if step.for_each else set())
    for number, type_ in enumerate(wanted):
        want = type_.removesuffix(NULL)
        if want in produced or any(fits(kind, want) for kind in produced):
            continue
        able = [name for name, card in sorted(cards.items()) if want in kinds_in(card)]
        hint = (
            f"{few(able, 3)} would give it" if able else meant(want, {k for c in cards.values() for k in kinds_in(c)})
        )
        yield fault("not_produced", ("wanted", number), f"no step gives {quoted(want)}", hint)


def budget_faults(
    budget: Budget,
    steps: Sequence[PlanStep],
    cards: Mapping[str, PlanCard],
    links: Sequence[Link],
    now: datetime | None,
) -> Iterator[PlanFault]:
    """What the plan takes at least, each step done once; a list of unknown length counts as one item."""
    own = [cards[step.capability] for step in steps if step.capability in cards]
    least: list[tuple[str, Decimal | float | None, Decimal | float]] = [
        ("steps", budget.steps, len(steps)),
        ("calls", budget.calls, sum(card.name not in (WAIT, ASK_PERSON) for card in own)),
        ("cost", budget.cost, sum((card.cost for card in own), Decimal(0))),
        ("seconds", budget.seconds, _waiting(steps, links, now) if budget.seconds else 0),
    ]
    for name, limit, needed in least:
        if limit is not None and needed > limit:
            message = f"{name}: it takes {needed:g} at least, and {limit:g} are granted"
            yield fault("over_budget", ("budget", name), message, "grant more, or leave steps out")


def _waiting(steps: Sequence[PlanStep], links: Sequence[Link], now: datetime | None) -> float:
    """The longest chain of what `wait` waits for certain, in seconds. How long calls take is never certain."""
    ends = [0.0] * len(steps)
    before: dict[int, list[int]] = {}
    for link in links:
        before.setdefault(link.step, []).append(link.source)
    for place in in_order(len(steps), links) or []:
        earliest = max((ends[each] for each in before.get(place, [])), default=0.0)
        ends[place] = max(earliest + _seconds(steps[place]), _until(steps[place], now))
    return max(ends)


def _seconds(step: PlanStep) -> float:
    seconds = step.inputs.get("seconds") if step.capability == WAIT else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return 0.0
    return max(0.0, float(seconds))


def _until(step: PlanStep, now: datetime | None) -> float:
    until = step.inputs.get("until") if step.capability == WAIT else None
    if now is None:
        return 0.0
    try:
        moment = datetime.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return 0.0
    return (moment - now) / timedelta(seconds=1) if moment is not None and moment.tzinfo is not None else 0.0
