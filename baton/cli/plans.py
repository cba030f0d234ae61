"""The commands on plans: whether one in a file may run. Nothing is started, and no server is asked."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from baton.agents.planning.checking import validate_plan
from baton.agents.planning.drawing import tree
from baton.agents.planning.reading_plans import MOST_PLAN, NotAPlan, plan_json
from baton.agents.planning.waves import waves_of
from baton.cli.console import as_json, line
from baton.cli.options import JsonOption
from baton.cli.planning import cards_for_plans
from baton.cli.presenting.plans import fault_lines
from baton.cli.presenting.words import plural
from baton.cli.problems import WrongUse, plainly
from baton.cli.shapes import PlanChecked
from baton.contracts.plan import Plan, PlanCard, PlanFault
from baton.settings import load_settings

PlanFileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A plan as JSON; - reads standard input.", show_default=False)
]
MostStepsOption = Annotated[
    int | None, typer.Option("--most-steps", min=1, help="How many steps it may have; else MOST_STEPS.")
]


class PlanGroup(TyperGroup):
    """`plan "GOAL"`: what is no command of the group is a goal to plan."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments, with `goal` put before those that name no command."""
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else ["goal", *args])


@plainly
async def plan_check(file: PlanFileArgument, most_steps: MostStepsOption = None, json: JsonOption = False) -> None:
    """See whether a plan may run: all faults at once, each with its place; exit code 1 when there are any."""
    settings = load_settings()
    cards = cards_for_plans(settings)
    plan = plan_that_may_run(file, cards, most_steps=most_steps or settings.most_steps, json=json)
    if json:
        as_json(PlanChecked(ok=True, goal=plan.goal, steps=len(plan.steps), waves=len(waves_of(plan.steps))))
        return
    for each in tree(plan, cards).splitlines():
        line(each)
    line("It may run.", style="ok")


def plan_that_may_run(file: str, cards: Mapping[str, PlanCard], *, most_steps: int, json: bool) -> Plan:
    """The plan in a file; where it may not run its faults are shown, and the command ends with exit code 1."""
    try:
        written = plan_json(_bytes_of(file))
        faults = validate_plan(written, cards, most_steps=most_steps, now=datetime.now(UTC))
    except NotAPlan as none:
        faults = none.faults
    if faults:
        _refuse(faults, json=json)
    return Plan.model_validate(written)


def _refuse(faults: list[PlanFault], *, json: bool) -> NoReturn:
    if json:
        as_json(PlanChecked(ok=False, faults=faults))
    else:
        for each in fault_lines(faults):
            line(each)
        line(f"{plural(len(faults), 'fault')}: it may not run.", style="bad")
    raise typer.Exit(1)


def _bytes_of(file: str) -> bytes:
    """One byte more than a plan may have: what is longer is told by the reader."""
    if file == "-":
        return sys.stdin.buffer.read(MOST_PLAN + 1)
    try:
        with Path(file).expanduser().open("rb") as stream:
            return stream.read(MOST_PLAN + 1)
    except FileNotFoundError:
        raise WrongUse(f"There is no file {file}.") from None
    except (OSError, ValueError) as problem:
        raise WrongUse(f"{file} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from None
