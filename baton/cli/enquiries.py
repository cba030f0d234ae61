"""The commands on enquiries: start, list, status, watch, record, reply."""

import asyncio
from typing import Annotated

import typer

from baton.cli import messages
from baton.cli.console import as_json, line, lines, note, out
from baton.cli.ids import enquiry_id, run_id
from baton.cli.options import EnquiryArgument, FileOption, FromOption, JsonOption, TextOption
from baton.cli.presenting.goals import answer_lines, assigned_lines, drawn_lines
from baton.cli.presenting.lists import run_table
from baton.cli.presenting.record import record_table
from baton.cli.presenting.steps import checklist, situation
from baton.cli.presenting.words import WAITS
from baton.cli.problems import WITHIN_S, NoServer, NoWorker, Problem, UnknownRun, plainly, promptly
from baton.cli.runs import Runs, archived, open_runs, unknown
from baton.cli.shapes import RunLine, RunList, Started
from baton.cli.starting import ran_before, start, start_again, start_shadow
from baton.cli.watching import follow
from baton.contracts import names
from baton.contracts.record import CustomerReplied, RunRecord, RunStatus
from baton.contracts.sizes import MOST_REPLY_CHARACTERS, MOST_SIGNALLED
from baton.settings import load_settings

NO_WORKER = "No worker is answering: start one with `uv run starter.py up`."


def incoming(text: str | None, file: str | None, sender: str | None = None) -> messages.Incoming:
    """The message that was given, from exactly one of the two places. Raises Problem."""
    if (text is None) == (file is None):
        raise Problem("Give the message with --text or with --file (- reads standard input), one of the two.")
    came = messages.from_text(text) if text is not None else messages.from_file(file or "-")
    if sender is None:
        return came
    return messages.Incoming(came.message.model_copy(update={"from_address": sender}), came.enquiry_id)


@plainly
async def start_enquiry(
    *,
    place: Annotated[str | None, typer.Argument(metavar="[-]", help="- reads the message from standard input.")] = None,
    text: TextOption = None,
    file: FileOption = None,
    sender: FromOption = None,
    chosen_id: Annotated[
        str | None,
        typer.Option("--id", help="The enquiry's id. Default: made from the mail's Message-ID, else random."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Show each step until it waits for a person, or ends.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Handled before? Once more, under the next free id.")] = False,
    json: JsonOption = False,
) -> None:
    """Hand in a customer's message."""
    settings = load_settings()
    if place not in (None, "-"):
        raise Problem(f"Give the file as --file {place}, or - for standard input.")
    came = incoming(text, file or place, sender)
    if chosen_id is not None:
        came = messages.Incoming(came.message, enquiry_id(chosen_id))
    if names.is_goal(came.enquiry_id):
        raise Problem(f"{came.enquiry_id} would be a goal's id: no enquiry's begins with {names.GOAL_IDS}.")
    if not again and archived(settings, came.enquiry_id) is not None:
        raise ran_before(came.enquiry_id)
    async with asyncio.timeout(WITHIN_S):
        runs = await open_runs(settings)
        handed = await (start_again if again else start)(runs, came)
    await start_shadow(runs, handed)
    started = handed.enquiry.enquiry_id
    link = runs.link(started)
    if json:
        as_json(Started(enquiry_id=started, workflow_id=names.workflow_id(started), ui=link))
    else:
        line(f"Started {started}.", style="ok")
        if link:
            line(f"  In the Temporal UI: {link}", style="quiet")
    if wait:
        stopped = await follow(runs, started, quiet=json)
        if not json:
            _say_what_next(started, stopped)
    elif not json:
        line(f"  See how it goes: uv run starter.py watch {started}", style="quiet")


def _say_what_next(enquiry: str, stopped: RunStatus) -> None:
    if stopped.waiting.what == "review":
        line(f"  Look at it, and answer: uv run starter.py review {enquiry}", style="quiet")
    elif stopped.waiting.what == "customer":
        line(f'  When they answer: uv run starter.py reply {enquiry} --text "…"', style="quiet")


@plainly
@promptly
async def list_runs(
    open_only: Annotated[bool, typer.Option("--open", help="Only those that have not ended.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most this many, the latest.")] = 50,
    json: JsonOption = False,
) -> None:
    """All enquiries and goals that Temporal knows, the latest first. Needs no worker."""
    runs = await open_runs(load_settings())
    found = sorted(await runs.lines(open_only=open_only, late_logs=True, limit=10_000), key=_started, reverse=True)[
        :limit
    ]
    if json:
        as_json(RunList(runs=found))
    elif found:
        out.print(run_table(found))
    else:
        line("Nothing yet. Hand an enquiry in with: uv run starter.py start enquiry --file MAIL.eml")


def _started(run: RunLine) -> float:
    return run.started_at.timestamp() if run.started_at else 0.0


@plainly
@promptly
async def status(given: EnquiryArgument, json: JsonOption = False) -> None:
    """Where an enquiry or a goal stands."""
    wanted = run_id(given)
    runs = await open_runs(load_settings())
    try:
        found = await runs.status(wanted)
    except NoWorker:
        await _status_without_worker(runs, wanted, json=json)
        return
    except UnknownRun:
        if runs.archived(wanted) is None:
            raise
        raise Problem(
            f"Temporal has forgotten {wanted}; its record is kept: uv run starter.py record {wanted}"
        ) from None
    if json:
        as_json(found)
        return
    line(f"{wanted}", style="name")
    out.print(situation(found))
    out.print(checklist(found, retries=await runs.retries(wanted) if _works(found) else []))
    lines(answer_lines(found.result))
    _refused(found.refused_signals)
    if runs.link(wanted):
        line(runs.link(wanted), style="quiet")


def _works(status: RunStatus) -> bool:
    return any(step.state == "running" for step in status.steps)


def _refused(count: int) -> None:
    if count:
        note(f"{count} signal(s) to this run were refused; `record` says why.")


async def _status_without_worker(runs: Runs, wanted: str, *, json: bool) -> None:
    """What visibility knows, with a remark that it is not the run itself that answers."""
    known = await runs.line(wanted)
    note(NO_WORKER + " This is what Temporal's list knows.")
    if json:
        as_json(known)
        return
    waits = (
        f", waits for {WAITS.get(known.waiting_on, known.waiting_on)}"
        if known.waiting_on not in ("", "nothing")
        else ""
    )
    line(f"{wanted}  {known.state}{f': {known.stage}' if known.stage else ''}{waits}")


@plainly
async def watch(given: EnquiryArgument, json: JsonOption = False) -> None:
    """Show each step live, until it ends; Ctrl-C stops watching only."""
    wanted = run_id(given)
    runs = await open_runs(load_settings())
    ended = await follow(runs, wanted, stop_at_review=False, json=json)
    if not json:
        lines(answer_lines(ended.result))


@plainly
@promptly
async def record(given: EnquiryArgument, json: JsonOption = False) -> None:
    """Everything that happened: from Temporal, else from the archive."""
    wanted = run_id(given)
    found = await _record(wanted)
    if json:
        as_json(found)
    else:
        out.print(record_table(found))
        lines(assigned_lines(found))
        lines(drawn_lines(found))
        lines(answer_lines(found.result))


async def _record(wanted: str) -> RunRecord:
    settings = load_settings()
    kept = archived(settings, wanted)
    try:
        runs = await open_runs(settings)
        found = await runs.record(wanted)
        return kept if kept is not None and _misses_something(found) else found
    except (NoServer, UnknownRun, NoWorker) as problem:
        if kept is not None:
            note("From the archive: " + str(problem).split(". ")[0] + ".")
            return kept
        if isinstance(problem, NoWorker):
            raise NoWorker(NO_WORKER) from None
        if isinstance(problem, UnknownRun):
            raise UnknownRun(f"{unknown(wanted)} The archive has no record of it either.") from None
        raise


def _misses_something(record: RunRecord) -> bool:
    """An answer has less room than the archive."""
    left_out = [each.left_out for each in record.facts] + [each.left_out for each in record.reviews]
    return bool(record.oldest_left_out) or any(left_out)


@plainly
@promptly
async def reply(given: EnquiryArgument, text: TextOption = None, file: FileOption = None) -> None:
    """Hand in what the customer answered to our question."""
    wanted = enquiry_id(given)
    came = incoming(text, file)
    runs = await open_runs(load_settings())
    asked = await _asked_the_customer(runs, wanted)
    answer = CustomerReplied(reply_id=came.enquiry_id.replace("INQ-", "reply-"), message=came.message)
    _refuse_too_large(answer)
    await runs.signal(wanted, names.CUSTOMER_REPLIED, answer)
    try:
        for _ in range(50):
            record = await runs.record(wanted)
            if answer.reply_id in record.replies:
                line(_taken(wanted, asked=asked), style="ok")
                return
            refused = next((each for each in record.refusals if each.reply_id == answer.reply_id), None)
            if refused:
                raise Problem(f"{wanted} has not taken it: {refused.reason}.")
            await asyncio.sleep(0.1)
    except NoWorker:
        pass
    raise NoWorker(f"Delivered, not yet taken: {NO_WORKER[0].lower()}{NO_WORKER[1:]} It is safe to repeat.")


async def _asked_the_customer(runs: Runs, enquiry: str) -> bool:
    line = await runs.line(enquiry)
    return line.state != "running" or line.waiting_on in ("", "customer")


def _taken(enquiry: str, *, asked: bool) -> str:
    if asked:
        return f"{enquiry} has the customer's answer."
    return f"{enquiry} has it. Nobody had asked the customer: it is read with the rest, and an open review comes anew."


def _refuse_too_large(answer: CustomerReplied) -> None:
    """What a run would refuse to read is not sent: its sender would see success."""
    letters, size = len(answer.message.text), len(answer.model_dump_json().encode())
    if letters > MOST_REPLY_CHARACTERS:
        raise Problem(
            f"The reply is too long: {letters:,} characters; {MOST_REPLY_CHARACTERS:,} are taken. Hand in what matters."
        )
    if size > MOST_SIGNALLED:
        raise Problem(
            f"The reply is too large: {size // 1000} KB without its attachments; {MOST_SIGNALLED // 1000} KB are taken."
        )
