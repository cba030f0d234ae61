"""`python -m bench.planning`: how long a plan takes to be found among 200 capabilities, and how much is looked at.

Two worlds: costs that differ, and all alike, where nothing but the names tells five rivals apart. The aim is under
50 ms of one processor.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

from baton.agents.planning.goal import plan_goal
from baton.agents.planning.planner import make_plan
from baton.contracts.plan import PlanCard
from baton.contracts.planning import Candidates, NotPlanned, Planned
from tests.agents.planning.big import GOALS, all_alike, two_hundred
from tests.agents.planning.shop_cards import shop

AIM_MS = 50
IN_WORDS = (
    "the address of the customer of order W1039954",
    "orders of sara@example.com between 2026-10-01 and 2026-10-31 over R1 000",
    "Cancel order W1039954 and mail sara@example.com 'It is cancelled'",
    "number of order W1039954",
    "the weather in Paris",
)


def measured(plan: Callable[[], Planned | Candidates | NotPlanned], runs: int) -> tuple[float, str]:
    """Median CPU time (ms; planning does nothing but compute), and the outcome in words."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        outcome = plan()
        times.append((time.process_time() - began) * 1000)
    median = statistics.median(times)
    if isinstance(outcome, Candidates):
        told = f"asks, {len(outcome.choices)} choices"
    else:
        made = f"{len(outcome.plan.steps):2} steps" if isinstance(outcome, Planned) else "no plan "
        told = f"{made}  {outcome.expanded:4} expanded  bound {outcome.bound or 'not hit'}"
    return median, f"median {median:6.1f} ms  longest {max(times):6.1f} ms  {told}"


def main() -> None:
    """Prints a line for each goal in each world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    medians = []
    for title, cards in (("costs differ", two_hundred()), ("all alike", all_alike())):
        print(f"{title}: {len(cards)} capabilities, {runs} runs each")
        for goal, wants in GOALS.items():
            median, told = measured(partial(make_plan, goal, wants, cards), runs)
            medians.append(median)
            print(f"  {goal:74} {told}")
    cards = among(200)
    print(f"in words: a shop's among {len(cards)} capabilities, {runs} runs each")
    for goal in IN_WORDS:
        median, told = measured(partial(plan_goal, goal, cards), runs)
        medians.append(median)
        print(f"  {goal:74} {told}")
    print(f"longest median {max(medians):.1f} ms, aim {AIM_MS} ms")


def among(count: int) -> list[PlanCard]:
    """The shop's cards, and others until there are so many."""
    cards = shop()
    return [*cards, *two_hundred()[: count - len(cards)]]


if __name__ == "__main__":
    main()
