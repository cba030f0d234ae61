"""`uv run python -m bench.chaos --runs N --seed S`: everything breaks, again and again, and the effects are counted.

N enquiries are in flight; reviewers answer at random; workers are killed and frozen at every boundary of every activity
and at random, the server is killed, every system fails in every way. At the end the effects are counted at the systems.
`--no-keys`: the systems remember no keys, and the mail system cannot be asked. `--naive`: what one writes in an
afternoon, in the same trial. The last line has the count; the exit code is 1 when anything was lost, done twice, or
done without approval.
"""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path

from .chaos_parts.installation import Kind
from .chaos_parts.trial import Plan, Result, tried

_SECONDS_A_RUN = 0.5
"""What each enquiry beyond the first few adds, on a machine with two cores."""


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=30, help="enquiries in flight (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plan (default: 1)")
    parser.add_argument("--workers", type=int, default=4, help="worker processes (default: 4)")
    parser.add_argument("--no-keys", action="store_true", help="systems without keys, mail that cannot be looked up")
    parser.add_argument("--naive", action="store_true", help="a workflow without keys and ladder in place of ours")
    parser.add_argument(
        "--boundaries", type=int, metavar="N", help="so many boundaries of activities, drawn (default: every one)"
    )
    parser.add_argument(
        "--longest-freeze",
        type=float,
        default=5,
        metavar="S",
        help="how long a worker is frozen at most, seconds (default: 5; 25 outlives every timeout of the rules' steps, "
        "70 that of every step)",
    )
    parser.add_argument("--chaos", type=float, metavar="S", help="longest chaos, seconds (default: 120 and more)")
    parser.add_argument("--patience", type=float, metavar="S", help="then time to end, seconds (default: the same)")
    parser.add_argument("--state", type=Path, help="directory to run in, kept afterwards (default: a temporary one)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result here too")
    return parser


def main() -> int:
    """One trial; 1 when anything was lost, done twice, or done without approval."""
    parser = _arguments()
    asked = parser.parse_args()
    if asked.state is not None and asked.state.exists() and any(asked.state.iterdir()):
        parser.error(f"--state {asked.state}: the directory holds something already, and the count would be of both")
    long_enough = 120.0 + asked.runs * _SECONDS_A_RUN
    plan = Plan(
        runs=asked.runs,
        seed=asked.seed,
        kind=Kind(workers=asked.workers, naive=asked.naive, keys=not asked.no_keys),
        most_boundaries=asked.boundaries,
        longest_freeze_s=asked.longest_freeze,
        chaos_s=asked.chaos if asked.chaos is not None else long_enough,
        patience_s=asked.patience if asked.patience is not None else long_enough,
    )
    try:
        if asked.state is not None:
            result = asyncio.run(_interruptible(plan, asked.state))
        else:
            with tempfile.TemporaryDirectory(prefix="baton-chaos-") as directory:
                result = asyncio.run(_interruptible(plan, Path(directory)))
    except asyncio.CancelledError:
        sys.stderr.write("interrupted; everything is ended\n")
        return 130
    _show(result)
    if asked.json is not None:
        asked.json.write_text(json.dumps(_figures(result) | _findings(result), indent=2) + "\n")
    return 0 if result.verdict.good else 1


async def _interruptible(plan: Plan, directory: Path) -> Result:
    """The trial; Ctrl-C and SIGTERM end it in order."""
    trial = asyncio.current_task()
    assert trial is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, trial.cancel)
    return await tried(plan, directory, lambda line: print(line, file=sys.stderr, flush=True))


def _show(result: Result) -> None:
    for name, lines in _findings(result).items():
        print(f"{name.replace('_', ' ')}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    print(" ".join(f"{name}={figure}" for name, figure in _figures(result).items()))


def _figures(result: Result) -> dict[str, int | float]:
    verdict = result.verdict
    return {
        "started": result.started,
        "completed": verdict.completed,
        "waiting": len(verdict.waiting),
        "lost": len(verdict.lost),
        "duplicated": len(verdict.duplicated),
        "unapproved": len(verdict.unapproved),
        "ambiguous": result.ambiguous,
        "kills": result.kills,
        "seconds": round(result.seconds, 1),
    }


def _findings(result: Result) -> dict[str, list[str]]:
    verdict = result.verdict
    return {
        "boundaries_not_reached": result.not_reached,
        "waiting_for": verdict.waiting,
        "lost_effects": verdict.lost,
        "done_twice": verdict.duplicated,
        "never_approved": verdict.unapproved,
    }


if __name__ == "__main__":
    sys.exit(main())
