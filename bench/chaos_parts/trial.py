"""One trial: everything started, everybody at work, everything broken, then calm, then the count."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from activities.cards import all_cards

from .accounting import books_of
from .boundaries import Boundary, boundaries_around, boundaries_of, drawn
from .counting import Verdict, count
from .customers import Customers
from .finding_out import SETTLED_AFTER_S, FindingOut
from .installation import Installation, Kind
from .killer import Killer
from .naive_steps import NAIVE_STEPS
from .opinions import Opinions
from .replaying import stuck_at_the_next_restart
from .reviewers import Reviewers
from .shop import Shop
from .systems import SystemsSeen
from .weather import Weather

_TOLD_EVERY_S = 5.0
_LOOKS_EVERY_S = 0.2


@dataclass(frozen=True)
class Plan:
    """What is tried.

    `most_boundaries`: so many, drawn by the seed and spread, in place of all. `patience_s`: how long the enquiries
    get to end once it is calm.
    """

    runs: int
    seed: int
    kind: Kind
    most_boundaries: int | None
    longest_freeze_s: float
    chaos_s: float
    patience_s: float


@dataclass(frozen=True)
class Result:
    """What came of it."""

    started: int
    verdict: Verdict
    ambiguous: int
    kills: int
    seconds: float
    not_reached: list[str]


async def tried(plan: Plan, directory: Path, tell: Callable[[str], None]) -> Result:
    """Run the trial in this directory, and count."""
    began = time.monotonic()
    shop = Shop(plan.runs, plan.seed)
    async with Installation(directory, shop.write(directory / "shop.json"), plan.kind) as place:
        place.tokens.lay_out(_boundaries(plan))
        seen = SystemsSeen(place.systems, shop.orders)
        killer = Killer(place, plan.seed, plan.longest_freeze_s)
        customers = Customers(place.runs, shop.cases)
        opinions = Opinions(plan.seed, mischief=not plan.kind.naive)
        reviewers = Reviewers(place.runs, customers, opinions, FindingOut(seen, killer.still_s), plan.seed)
        weather = Weather(place.systems, shop.refusing_orders, plan.seed)
        await _Trial(plan, place, killer, customers, reviewers, weather).run(tell)
        books = await books_of(customers.acknowledged, place.runs, reviewers.memory, shop.orders)
        verdict = count(books.accounts, await seen.outside())
        if not plan.kind.naive:
            verdict.lost += await stuck_at_the_next_restart(customers.acknowledged, place.runs)
        return Result(
            started=len(customers.acknowledged),
            verdict=verdict,
            ambiguous=books.ambiguous,
            kills=killer.kills,
            seconds=time.monotonic() - began,
            not_reached=place.tokens.not_reached(),
        )


def _boundaries(plan: Plan) -> list[Boundary]:
    every = boundaries_around(NAIVE_STEPS) if plan.kind.naive else boundaries_of(all_cards())
    if plan.most_boundaries is None or plan.most_boundaries >= len(every):
        return every
    return drawn(every, plan.most_boundaries, Random(f"{plan.seed}/boundaries"))


@dataclass(frozen=True)
class _Trial:
    """Everybody who takes part."""

    plan: Plan
    place: Installation
    killer: Killer
    customers: Customers
    reviewers: Reviewers
    weather: Weather

    async def run(self, tell: Callable[[str], None]) -> None:
        """Chaos until all is settled or its time is up, then calm until all is settled and nothing is under way.

        Boundaries that nobody came to in the chaos stay dangerous in the calm.
        """
        calm = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            storm = tasks.create_task(self.weather.work())
            others = [
                tasks.create_task(work)
                for work in (self.killer.work(calm), self.reviewers.work(), self._tell(tell), self.customers.hand_in())
            ]
            await _until(self._settled, self.plan.chaos_s)
            calm.set()
            storm.cancel()
            await asyncio.wait([storm])
            await self.weather.clear()
            tell("calm")
            await _until(self._settled, self.plan.patience_s)
            # What a frozen worker does when it wakes belongs to the count, and a killed server has to be back for it.
            await _until(self._still, self.plan.patience_s)
            await _until(self.reviewers.see_to_late_entries, self.plan.patience_s)
            for task in others:
                task.cancel()

    async def _settled(self) -> bool:
        return len(self.customers.acknowledged) == self.customers.expected and not self.reviewers.open

    async def _still(self) -> bool:
        return self.killer.still_s() > SETTLED_AFTER_S

    async def _tell(self, tell: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(_TOLD_EVERY_S)
            left = len(self.place.tokens.not_reached())
            tell(
                f"{len(self.customers.acknowledged)} acknowledged, {len(self.reviewers.open)} open, "
                f"{self.killer.kills} kills, {left} boundaries left"
            )


async def _until(true: Callable[[], Awaitable[bool]], within_s: float) -> None:
    """Wait for it, or until the time is up: then the count tells what is missing."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while not await true():  # noqa: ASYNC110  other processes set no event
                await asyncio.sleep(_LOOKS_EVERY_S)
