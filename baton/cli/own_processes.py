"""The command on processes of one's own: start one. Everything else is told by its id, as of an enquiry."""

import asyncio
import json as json_text
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from pydantic import ValidationError
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.cards import process_cards
from baton.cli.console import as_json, line
from baton.cli.goals import WaitOption
from baton.cli.ids import business_id
from baton.cli.options import JsonOption
from baton.cli.planning import cards_for_plans
from baton.cli.problems import WITHIN_S, Problem, RanBefore, plainly
from baton.cli.runs import Runs, archived, open_runs
from baton.cli.shapes import Started
from baton.cli.starting import begin, known_attributes
from baton.cli.watching import follow
from baton.contracts import names
from baton.contracts.agents import Card
from baton.contracts.process import TYPE_PREFIX, ProcessOptions, ProcessStart, carried_cards, tools_among
from baton.contracts.wire import JsonObject
from baton.settings import Settings, load_settings
from baton.temporal.worker_options import STAGES_APART_S

if TYPE_CHECKING:
    from baton.processes.loading import OwnProcess


@plainly
async def start_process(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The process: returns.", show_default=False)],
    file: Annotated[
        str, typer.Argument(metavar="INPUT.json", help="What it is about; - reads standard input.", show_default=False)
    ],
    chosen_id: Annotated[
        str | None, typer.Option("--id", help="What the run is called: RET-7 for returns/RET-7; else a random one.")
    ] = None,
    wait: WaitOption = False,
    json: JsonOption = False,
) -> None:
    """Start a process of your own that the settings name (PROCESSES)."""
    settings = load_settings()
    cards = process_cards(cards_for_plans(settings).values(), settings.models, settings.task_queue)
    process = _named(name, settings, cards)
    given = _read(file, process)
    run_id = business_id(f"{name}/{(chosen_id or uuid4().hex[:12]).removeprefix(f'{name}/')}")
    async with asyncio.timeout(WITHIN_S):
        runs = await open_runs(settings)
        await _start(runs, process, run_id, given, cards)
    if json:
        as_json(Started(enquiry_id=run_id, workflow_id=names.workflow_id(run_id), ui=runs.link(run_id)))
    else:
        line(f"Started {run_id}.", style="ok")
        line(f"  See how it goes: uv run starter.py watch {run_id}", style="quiet")
    if wait:
        stopped = await follow(runs, run_id, quiet=json)
        if stopped.waiting.what == "review" and not json:
            line(f"  Look at it, and answer: uv run starter.py review {run_id}", style="quiet")


def _named(name: str, settings: Settings, cards: list[Card]) -> "OwnProcess":
    from baton.processes.loading import WrongProcess, load_processes  # noqa: PLC0415  no other command needs workflows

    try:
        known = {each.name: each for each in load_processes(settings.process_modules, cards)}
    except WrongProcess as wrong:
        raise Problem(str(wrong)) from None
    if name not in known:
        there = f"There are: {', '.join(known)}." if known else "PROCESSES names no module: PROCESSES=my_shop.returns"
        raise Problem(f"There is no process {name!r} here. {there}")
    return known[name]


def _read(file: str, process: "OwnProcess") -> JsonObject:
    """What the run is about, as its model has it. Raises Problem."""
    try:
        written = sys.stdin.read() if file == "-" else Path(file).expanduser().read_text(encoding="utf-8")
        given: JsonObject = process.takes.model_validate(json_text.loads(written)).model_dump(mode="json")
    except FileNotFoundError:
        raise Problem(f"There is no file {file}.") from None
    except OSError as problem:
        raise Problem(f"{file} cannot be read: {problem.strerror}.") from None
    except ValidationError as wrong:
        faults = [f"{'/'.join(map(str, each['loc'])) or 'the whole'}: {each['msg']}" for each in wrong.errors()]
        raise Problem(f"{file} is no {process.takes.__name__}: {'; '.join(faults)}.") from None
    except (ValueError, RecursionError) as problem:
        raise Problem(f"{file} is no JSON: {problem}.") from None
    return given


async def _start(runs: Runs, process: "OwnProcess", run_id: str, given: JsonObject, cards: list[Card]) -> None:
    """Start a run. Raises RanBefore when its id ever ran."""
    ran_before = RanBefore(f"{run_id} ran before. See how with: uv run starter.py record {run_id}")
    if archived(runs.settings, run_id) is not None:
        raise ran_before
    known, received_at = await known_attributes(runs), datetime.now(UTC)
    start = ProcessStart(
        run_id=run_id,
        given=given,
        received_at=received_at,
        options=ProcessOptions(review_due_hours=runs.settings.review_due_hours),
        cards=carried_cards([*process.uses, names.ARCHIVE_RECORD.name], cards),
        tools=tools_among(process.uses, cards),
        search_attributes=known,
        stages_apart_s=STAGES_APART_S,
    )
    try:
        await begin(
            runs,
            f"{TYPE_PREFIX}{process.name}",
            run_id,
            start,
            process=process.name,
            summary=f"{process.name} {run_id.partition('/')[2]}",
            received_at=received_at,
            known=known,
        )
    except WorkflowAlreadyStartedError:
        raise ran_before from None
