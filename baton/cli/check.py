"""`check`: is everything there that an enquiry needs? A line each, and what to do."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import typer
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

from activities.by_model import turn_cards
from activities.cards import all_cards, goal_cards, shadow_cards
from baton.cli.console import as_json, out
from baton.cli.deciding import pick
from baton.cli.inbox import told
from baton.cli.options import JsonOption
from baton.cli.pollers import pollers
from baton.cli.presenting.checks import checks_table
from baton.cli.presenting.words import plural
from baton.cli.problems import Problem, plainly
from baton.cli.runs import CALL, Runs, open_runs
from baton.cli.shapes import Checked, CheckLine
from baton.cli.systems_health import systems_behind, systems_health
from baton.contracts.names import is_late_log
from baton.settings import Settings, load_settings
from baton.temporal import search_attributes as sa

_STALE_S = 75.0  # a live worker asks again within a minute
_LEAST_FREE = 500_000_000
_TOLD = 3


@plainly
async def check(json: JsonOption = False) -> None:
    """See whether server, worker and business systems are there; exit code 1 when something is broken."""
    settings = load_settings()
    lines = [each async for each in _checks(settings)]
    checked = Checked(ok=all(each.ok for each in lines), checks=lines)
    if json:
        as_json(checked)
    else:
        out.print(checks_table(lines))
    if not checked.ok:
        raise typer.Exit(1)


async def _checks(settings: Settings) -> AsyncIterator[CheckLine]:
    try:
        runs = await open_runs(settings)
    except Problem as problem:
        yield CheckLine(name="Temporal server", ok=False, detail=str(problem))
    else:
        where = runs.client.service_client.config.target_host
        yield CheckLine(name="Temporal server", ok=True, detail=where)
        for each in await asyncio.gather(_namespace(runs), _attributes(runs), _late_logs(runs), *_queues(runs)):
            yield each
        settings = systems_behind(runs)
    for each in await systems_health(settings):
        yield each
    yield _disk(settings)


async def _namespace(runs: Runs) -> CheckLine:
    name = f"Namespace {runs.client.namespace}"
    try:
        found = await runs.client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=runs.client.namespace), timeout=CALL
        )
    except RPCError as problem:
        return CheckLine(name=name, ok=False, detail=problem.message, todo="check TEMPORAL_NAMESPACE")
    days = found.config.workflow_execution_retention_ttl.ToTimedelta().total_seconds() / 86_400
    return CheckLine(name=name, ok=True, detail=f"keeps closed runs {days:.0f} days")


async def _attributes(runs: Runs) -> CheckLine:
    try:
        there = await sa.existing(runs.client)
    except RPCError as problem:
        return CheckLine(
            name="Search attributes", ok=False, detail=f"cannot be read: {problem.message}", todo="lists will show less"
        )
    missing = [name for name in sa.TYPES if name not in there]
    return CheckLine(
        name="Search attributes",
        ok=not missing,
        detail=f"missing: {', '.join(missing)}" if missing else f"all {len(there)} there",
        todo="\n".join(sa.create_commands(missing, runs.client.namespace)),
    )


async def _late_logs(runs: Runs) -> CheckLine:
    """Entries that the CRM does not take, and why: their enquiries have ended, so nobody looks for them there."""
    name = "Late CRM entries"
    try:
        lines = [each for each in await runs.lines(late_logs=True, limit=10_000) if is_late_log(each.enquiry_id)]
    except (RPCError, TimeoutError):
        return CheckLine(name=name, ok=False, detail="cannot be listed")
    under_way = [each for each in lines if each.state == "running"]
    known, _ = await told(runs, under_way)
    waiting = [each.enquiry_id for each in known if each.waiting_on == "review"]
    lost = [each.enquiry_id for each in lines if each.state in ("failed", "timed_out", "terminated")]
    words = [f"{each} waits: {await _why(runs, each)}" for each in waiting[:_TOLD]]
    words += [f"{each} ended without its entry" for each in lost[:_TOLD]]
    count = plural(len(under_way), "entry", "entries")
    return CheckLine(
        name=name,
        ok=not waiting,
        detail="; ".join([f"{count} not written yet" if under_way else "none waits", *words]),
        todo="mend it, then answer: uv run starter.py inbox" if waiting else "",
    )


async def _why(runs: Runs, late_log: str) -> str:
    try:
        review = pick(await runs.reviews(late_log, within=CALL / 2), None, late_log)
    except Problem:
        return "no worker tells why"
    causes = review.subject.get("causes") if isinstance(review.subject, dict) else None
    return str(causes[-1]) if isinstance(causes, list) and causes else review.title


def _queues(runs: Runs) -> list["asyncio.Task[CheckLine]"]:
    own = runs.settings.task_queue
    models = runs.settings.models
    cards = [
        *all_cards(models, own),
        *goal_cards(models, own),
        *turn_cards(models, own),
        *shadow_cards(models, own),
    ]
    others = {card.queue for card in cards if card.queue}
    return [asyncio.create_task(_queue(runs, queue, only_steps=queue != own)) for queue in (own, *sorted(others))]


async def _queue(runs: Runs, queue: str, *, only_steps: bool) -> CheckLine:
    name = f"Workers on {queue}"
    try:
        steps = await pollers(runs.client, queue, activities=True)
        workflows = steps if only_steps else await pollers(runs.client, queue)
    except RPCError as problem:
        return CheckLine(name=name, ok=False, detail=problem.message)
    alive = {each.identity for each in workflows if each.age_s < _STALE_S} & {
        each.identity for each in steps if each.age_s < _STALE_S
    }
    return CheckLine(
        name=name,
        ok=bool(alive),
        detail=plural(len(alive), "worker") if alive else "nobody asks for work",
        todo="" if alive else "uv run starter.py up" if runs.here else "uv run worker.py",
    )


def _disk(settings: Settings) -> CheckLine:
    place = settings.state_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return CheckLine(
        name="Disk space",
        ok=free >= _LEAST_FREE,
        detail=f"{free / 1e9:.1f} GB free for {settings.state_dir}",
        todo="" if free >= _LEAST_FREE else "make room, or set STATE_DIR to another disk",
    )
