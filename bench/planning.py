"""`python -m bench.planning`: how long a plan takes to be found among 200 capabilities, and how much is looked at.

Two worlds: costs that differ, and all alike, where nothing but the names tells five rivals apart. The aim is under
50 ms of one processor.
"""

import argparse
import statistics
import time
from collections.abc import Sequence

from baton.agents.planning.planner import make_plan
from baton.contracts.plan import PlanCard
from baton.contracts.planning import Planned, Wanted
from tests.agents.planning.big import GOALS, all_alike, two_hundred

AIM_MS = 50


def measured(wants: Sequence[Wanted], cards: list[PlanCard], runs: int) -> tuple[float, float, str]:
    """Median and longest CPU time (ms; planning does nothing but compute), and the outcome in words."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        outcome = make_plan("bench", wants, cards)
        times.append((time.process_time() - began) * 1000)
    told = f"{len(outcome.plan.steps):2} steps" if isinstance(outcome, Planned) else "no plan "
    return (
        statistics.median(times),
        max(times),
        f"{told}  {outcome.expanded:5} expanded  bound {outcome.bound or 'not hit'}",
    )


def main() -> None:
    """Prints a line for each goal in each world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    longest = 0.0
    for title, cards in (("costs differ", two_hundred()), ("all alike", all_alike())):
        print(f"{title}: {len(cards)} capabilities, {runs} runs each")
        for goal, wants in GOALS.items():
            median, most, told = measured(wants, cards, runs)
            longest = max(longest, median)
            print(f"  {goal:32} median {median:6.1f} ms  longest {most:6.1f} ms  {told}")
    print(f"longest median {longest:.1f} ms, aim {AIM_MS} ms")


if __name__ == "__main__":
    main()
