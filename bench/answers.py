"""`python -m bench.answers`: how agents, rules or a model, answer enquiries whose right answer is known."""

import argparse
import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from bench.answers_parts.cases import Case, cases_in
from bench.answers_parts.course import course_of
from bench.answers_parts.judging import Answers, Judged, judge
from bench.answers_parts.order_file import OrderFile, Rows, rows_of
from bench.answers_parts.teams import NoModel, Team, team_maker
from bench.instruments import report

COUNTS = {
    "customer_identified": "customer identified",
    "nobody_taken_for_a_customer": "nobody taken for a customer where nobody can be known",
    "orders_chosen": "orders chosen",
    "actions_exact": "actions exact, of all that the truth acts on",
    "proposals_wrong": "proposals wrong, of all proposals",
    "must_say_covered": "what must be said is said",
    "must_write_nothing_kept": "nothing proposed where nothing must be written",
    "handed_over_rightly": "handed over where a person is needed",
}


async def trial(
    agents: str, teams: AbstractAsyncContextManager[Callable[[], Team]], cases: list[Case], rows: Rows, at_once: int
) -> Answers:
    """Every case, while the teams can be had."""
    async with teams as make:
        return await answers(agents, make, cases, rows, at_once)


async def answers(agents: str, make: Callable[[], Team], cases: list[Case], rows: Rows, at_once: int) -> Answers:
    """Every case through a team of its own, so many at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(case: Case) -> Judged:
        async with gate:
            orders = OrderFile(rows)
            course = await course_of(case, make(), orders)
            foreign = [each for each in orders.read if rows["orders"][each]["user_id"] != case.customer_id]
            return case, course, foreign

    return judge(agents, await asyncio.gather(*map(one, cases)))


def show(found: Answers) -> None:
    """Failures first, so that the table stands at the end."""
    for each in found.failures:
        report.say(f"{each.case}  {each.what}: wanted {each.wanted}; found {each.found}")
    rows: list[tuple[str, list[str]]] = [(words, [str(getattr(found, name))]) for name, words in COUNTS.items()]
    rows += [(f"ended: {end}", [str(count)]) for end, count in sorted(found.ends.items())]
    rows += [
        ("orders of others read", [str(found.foreign_orders_read)]),
        ("forbidden by the policy", [str(found.forbidden_by_policy)]),
        ("warned of", [str(found.drafts_warned_of)]),
        ("model calls", [str(found.calls)]),
        ("cost", ["unknown" if found.cost is None else f"${found.cost:.4f}"]),
        ("seconds a case, median and p95", [f"{found.seconds_median:.3f}, {found.seconds_p95:.3f}"]),
    ]
    report.table(f"{found.cases} enquiries, {found.agents}", [""], rows)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on, e.g. 4")
    return int(text)


def main() -> None:
    """Try, print, and write. Exit code 2 where something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--agents", choices=("rules", "model"), default="rules")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="FILE", help="enquiries with their truth, one a line"
    )
    parser.add_argument(
        "--orders", type=Path, metavar="FILE", help="products, users, orders (default: db.json beside it)"
    )
    parser.add_argument("--first", type=_number, metavar="N", help="only so many")
    parser.add_argument("--at-once", type=_number, default=4, metavar="N", help="so many enquiries at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures and failures there")
    asked = parser.parse_args()
    try:
        teams = team_maker(asked.agents)
        cases = cases_in(asked.data)[: asked.first]
        rows = rows_of(asked.orders or asked.data.with_name("db.json"))
    except (NoModel, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    found = asyncio.run(trial(asked.agents, teams, cases, rows, asked.at_once))
    show(found)
    report.write(asked.json, found)


if __name__ == "__main__":
    main()
