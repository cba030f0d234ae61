"""Steps that would wait for one another for ever.

A reference to a step that comes after by `needs` is `not_an_ancestor`: that is where it was meant wrongly. Every
other loop is a `cycle`, told once, with the whole chain.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from baton.contracts.plan import PlanFault, PlanStep

from .links import Link, in_order
from .telling import fault, few

_MOST_OF_A_CHAIN = 8


def loop_faults(steps: Sequence[PlanStep], links: Sequence[Link]) -> Iterator[PlanFault]:
    """Every loop of a plan."""
    left = []
    for link in links:
        if link.step != link.source:
            left.append(link)
            continue
        said = "takes from" if link.said.takes else "waits for"
        yield fault("cycle", link.said.place, f"{steps[link.step].id} {said} itself", "name a step that comes before")
    if in_order(len(steps), left) is not None:
        return
    core = _in_loops(len(steps), left)
    left = [link for link in left if link.step in core and link.source in core]
    after = _reached(core, [link for link in left if not link.said.takes])
    wrong = [link for link in left if link.said.takes and after[link.step] >> link.source & 1]
    wrong = [link for link in wrong if not after[link.source] >> link.step & 1]
    for link in wrong:
        taker, source = steps[link.step].id, steps[link.source].id
        chain = _chain(link.step, link.source, [each for each in left if not each.said.takes])
        message = f"{source} comes after {taker}, and can give it nothing"
        hint = f"{_waits(steps, chain)}: take it from a step before {taker}"
        yield fault("not_an_ancestor", link.said.place, message, hint)
    yield from _cycles(steps, [link for link in left if link not in set(wrong)])


def _cycles(steps: Sequence[PlanStep], links: list[Link]) -> Iterator[PlanFault]:
    core = _in_loops(len(steps), links)
    links = [link for link in links if link.step in core and link.source in core]
    after = _reached(core, links)
    told: set[int] = set()
    for place in sorted(core):
        if place in told or not after[place] >> place & 1:
            continue
        ring = {each for each in core if after[place] >> each & 1 and after[each] >> place & 1}
        told |= ring
        chain = _chain(place, place, [link for link in links if link.step in ring and link.source in ring])
        places = few(("/".join(link.said.place) for link in reversed(chain)), _MOST_OF_A_CHAIN)
        message = f"{_waits(steps, chain)}: none of them could ever start"
        yield fault("cycle", chain[-1].said.place, message, f"one of these must go: {places}")


def _in_loops(count: int, links: Iterable[Link]) -> set[int]:
    """Steps in a loop, or between two loops: all others are peeled away from both ends."""
    every = list(links)
    left = set(range(count))
    for forward in (True, False):
        ends = [(link.source, link.step) if forward else (link.step, link.source) for link in every]
        waits = dict.fromkeys(left, 0)
        follow: dict[int, list[int]] = {each: [] for each in left}
        for before, behind in ends:
            if before in left and behind in left:
                waits[behind] += 1
                follow[before].append(behind)
        free = [each for each in left if not waits[each]]
        while free:
            each = free.pop()
            left.discard(each)
            for behind in follow[each]:
                waits[behind] -= 1
                if not waits[behind]:
                    free.append(behind)
    return left


def _reached(core: Iterable[int], links: Iterable[Link]) -> dict[int, int]:
    """For each step the steps that wait for it, directly or not, as bits."""
    reached = dict.fromkeys(core, 0)
    for link in links:
        reached[link.source] |= 1 << link.step
    for middle in core:
        bit, behind = 1 << middle, reached[middle]
        for each in core:
            if reached[each] & bit:
                reached[each] |= behind
    return reached


def _chain(start: int, end: int, links: Iterable[Link]) -> list[Link]:
    """The shortest way from a step to one that waits for it."""
    follow: dict[int, list[Link]] = {}
    for link in links:
        follow.setdefault(link.source, []).append(link)
    came: dict[int, Link] = {}
    waiting = deque([start])
    while waiting and end not in came:
        for link in follow.get(waiting.popleft(), []):
            if link.step not in came:
                came[link.step] = link
                waiting.append(link.step)
    chain = [came[end]]
    while chain[-1].source != start:
        chain.append(came[chain[-1].source])
    return chain[::-1]


def _waits(steps: Sequence[PlanStep], chain: Sequence[Link]) -> str:
    """`refund waits for check, check for find_order`."""
    said = [f"{steps[link.step].id} for {steps[link.source].id}" for link in reversed(chain)]
    first, *others = said[:_MOST_OF_A_CHAIN]
    more = f", and {len(said) - _MOST_OF_A_CHAIN} more" if len(said) > _MOST_OF_A_CHAIN else ""
    return ", ".join([first.replace(" for ", " waits for ", 1), *others]) + more
