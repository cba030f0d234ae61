"""Whether a plan may run: every check, all faults at once, before anything is done."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from baton.contracts.plan import MOST_STEPS, Plan, PlanCard, PlanFault, PlanStep

from .checks.asked import condition_faults
from .checks.bounds import budget_faults, gate_faults, wanted_faults
from .checks.flow import Flow
from .checks.links import Link, links_of, name_faults
from .checks.loops import loop_faults
from .checks.offers import Offers
from .checks.results import Results
from .checks.shape import Draft, shape_of
from .checks.telling import fault, meant, quoted


def validate_plan(
    plan: Plan | JsonValue,
    cards: Mapping[str, PlanCard],
    granted: Collection[str] | None = None,
    *,
    most_steps: int = MOST_STEPS,
    now: datetime | None = None,
) -> list[PlanFault]:
    """All that is wrong with a plan, in the order of its steps; empty when it may run. Never raises, whatever JSON.

    `cards` by the names of the capabilities; `granted`: which of them may be used, None for all. `now`: from there on
    the waiting for a date counts against the budget of seconds; without it, it does not count.
    """
    draft, faults = shape_of(plan, most_steps)
    if not draft.steps:
        return faults
    allowed = set(cards if granted is None else granted) & set(cards)
    links = links_of(draft.steps)
    faults += name_faults(draft.steps, draft.broken)
    faults += _capability_faults(draft.steps, cards, allowed)
    faults += loop_faults(draft.steps, links)
    faults += _flow_faults(draft.steps, cards, allowed, links)
    faults += gate_faults(draft.steps, cards)
    if draft.whole and all(step.capability in cards for step in draft.steps):
        faults += wanted_faults(draft.wanted, draft.steps, cards)
    faults += budget_faults(draft.budget, draft.steps, cards, links, now)
    malformed = {each.place for each in faults if each.kind == "malformed"}
    return sorted(
        (each for each in faults if each.kind == "malformed" or each.place not in malformed), key=_reading(draft)
    )


def _capability_faults(
    steps: Sequence[PlanStep], cards: Mapping[str, PlanCard], allowed: Collection[str]
) -> Iterator[PlanFault]:
    told: dict[str, str] = {}
    for step in steps:
        place = ("steps", step.id, "capability")
        name = step.capability
        if name not in cards:
            if name not in told:
                told[name] = meant(name, allowed)
            yield fault("unknown_capability", place, f"nothing here can {quoted(name)}", told[name])
        elif name not in allowed:
            yield fault("not_granted", place, f"{name} is not granted to this plan", "grant it, or do without it")


def _flow_faults(
    steps: Sequence[PlanStep], cards: Mapping[str, PlanCard], allowed: Collection[str], links: Sequence[Link]
) -> Iterator[PlanFault]:
    results = Results(steps, cards)
    flow = Flow(cards, results, Offers(steps, cards, allowed), _later(links))
    for place, step in enumerate(steps):
        yield from flow.faults(place, step)
        yield from condition_faults(step, cards.get(step.capability), results)


def _later(links: Sequence[Link]) -> Callable[[int], set[int]]:
    """Which steps come after one."""
    follow: dict[int, list[int]] = {}
    for link in links:
        follow.setdefault(link.source, []).append(link.step)

    def later(place: int) -> set[int]:
        found: set[int] = set()
        waiting = [place]
        while waiting:
            new = [each for each in follow.get(waiting.pop(), []) if each not in found]
            found.update(new)
            waiting += new
        return found

    return later


def _reading(draft: Draft) -> Callable[[PlanFault], int]:
    """The plan as a whole first, then step by step."""
    at: dict[str, int] = {}
    for place, step in enumerate(draft.steps, start=1):
        at.setdefault(step.id, place)

    def place_of(found: PlanFault) -> int:
        first, _, rest = found.place.partition("/")
        return at.get(rest.partition("/")[0], 0) if first == "steps" else 0

    return place_of
