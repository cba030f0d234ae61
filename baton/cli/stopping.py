"""The commands that stop runs: pause and resume, one or all that are open, and cancel."""

import asyncio
from typing import Annotated, Literal

import typer

from baton.cli.console import line, local_time, note
from baton.cli.deciding import user_name
from baton.cli.ids import run_id
from baton.cli.options import EnquiryArgument
from baton.cli.presenting.words import plural, step_title
from baton.cli.problems import NoWorker, Problem, not_yet_taken, plainly, promptly
from baton.cli.runs import Runs, open_runs
from baton.contracts import names
from baton.contracts.record import Paused, RunStatus
from baton.contracts.review import Intervention
from baton.settings import load_settings

EVERY = 1_000_000
AT_ONCE = 32
LOOKS = 5
"""Looks for open enquiries, until one finds none that is new: some may start while the others are signalled."""

Word = Literal["pause", "resume"]
_SIGNALS: dict[Word, str] = {"pause": names.PAUSE, "resume": names.RESUME}

OneArgument = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Its id, where it is not --all.", show_default=False)
]
AllOption = Annotated[bool, typer.Option("--all", help="All that are open now.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.", show_default=False)]


@plainly
async def pause(given: OneArgument = None, *, everyone: AllOption = False, reason: ReasonOption = "") -> None:
    """Stop an enquiry or a goal for now: what runs is finished, no further step starts, due times stand still."""
    await _tell("pause", given, everyone=everyone, reason=reason)


@plainly
async def resume(given: OneArgument = None, *, everyone: AllOption = False, reason: ReasonOption = "") -> None:
    """Let what is paused go on; due times move by as long as it stood still."""
    await _tell("resume", given, everyone=everyone, reason=reason)


@plainly
@promptly
async def cancel(given: EnquiryArgument, reason: ReasonOption = "") -> None:
    """End an enquiry or a goal: nothing more is done or sent, the outcome is logged, the record kept."""
    wanted = run_id(given)
    runs = await open_runs(load_settings())
    await runs.cancel(wanted, f"{user_name()}: {reason}" if reason else user_name())
    for _ in range(40):
        known = await runs.line(wanted)
        if known.state != "running":
            line(f"{wanted} has ended ({known.state}).", style="ok")
            return
        await asyncio.sleep(0.1)
    raise NoWorker(f"{wanted} is asked to end; it has not ended yet. {await _what_holds(runs, wanted)}")


async def _what_holds(runs: Runs, enquiry: str) -> str:
    """What a run that was cancelled does still."""
    try:
        status = await runs.status(enquiry)
    except NoWorker:
        return "No worker is answering: start one with `uv run starter.py up`. It is safe to repeat."
    running = [step_title(step.step) for step in status.steps if step.state == "running"]
    return f"It finishes first: {', '.join(running) or status.stage}. See: uv run starter.py watch {enquiry}"


async def _tell(word: Word, given: str | None, *, everyone: bool, reason: str) -> None:
    if (given is None) is not everyone:
        raise Problem(f"Name one enquiry to {word}, or give --all.")
    told = Intervention(by=user_name(), reason=reason)
    if given is not None:
        await _tell_one(word, run_id(given), told)
    else:
        await _tell_all(word, told)


@promptly
async def _tell_one(word: Word, wanted: str, told: Intervention) -> None:
    runs = await open_runs(load_settings())
    known = await runs.line(wanted)
    if known.state != "running":
        raise Problem(f"{wanted} has ended ({known.state}): there is nothing to {word}.")
    await runs.signal(wanted, _SIGNALS[word], told)
    paused = await _became(runs, wanted, word)
    if paused is None:
        line(f"{wanted} goes on.", style="ok")
        return
    why = f": {paused.reason}" if paused.reason else ""
    line(f"{wanted} is paused, by {paused.by} since {local_time(paused.since)}{why}", style="ok")
    line("  Decisions and replies are taken meanwhile, and act when it goes on:", style="quiet")
    line(f"  uv run starter.py resume {wanted}", style="quiet")


async def _became(runs: Runs, enquiry: str, word: Word) -> Paused | None:
    """Whose pause it is, None when it goes on; once the run has taken the signal. Raises NoWorker, Problem."""
    try:
        for _ in range(40):
            status = await runs.status(enquiry)
            if (status.paused is not None) is (word == "pause"):
                return status.paused
            if _ends(status):
                raise Problem(f"{enquiry} is ending: there is nothing left to {word}.")
            await asyncio.sleep(0.1)
    except NoWorker:
        pass
    raise not_yet_taken("it is safe to repeat")


def _ends(status: RunStatus) -> bool:
    return status.result is not None or status.stage == "closing"


async def _tell_all(word: Word, told: Intervention) -> None:
    """Signal every open run, those that start meanwhile too, and shadows; and say how many took it."""
    runs = await open_runs(load_settings())
    asked: set[str] = set()
    for _ in range(LOOKS):
        new = [each.enquiry_id for each in await runs.lines(open_only=True, shadows=True, limit=EVERY)]
        new = [each for each in new if each not in asked]
        if not new:
            break
        asked |= await _signal(runs, new, word, told)
    if not asked:
        line("Nothing is open.", style="ok")
        return
    waiting = await _not_yet(runs, asked, word)
    done = "paused" if word == "pause" else "told to go on"
    line(f"{plural(len(asked), 'open run')} {_are(len(asked))} {done}.", style="ok")
    if waiting:
        note(f"{waiting} of them {_are(waiting)} not seen to have taken it yet: no worker answers, or they are ending.")
    if word == "pause":
        note("What is handed in from now on starts as usual.")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


async def _signal(runs: Runs, enquiries: list[str], word: Word, told: Intervention) -> set[str]:
    """Those that were reached; the others have ended meanwhile."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(enquiry: str) -> str | None:
        async with places:
            try:
                await runs.signal(enquiry, _SIGNALS[word], told)
            except Problem:
                return None
        return enquiry

    return {each for each in await asyncio.gather(*map(one, enquiries)) if each}


async def _not_yet(runs: Runs, asked: set[str], word: Word) -> int:
    """How many of these are open and do not show in lists what was asked of them, after a moment."""
    left = len(asked)
    for _ in range(20):
        still_open = await runs.lines(open_only=True, shadows=True, limit=EVERY)
        mine = [each for each in still_open if each.enquiry_id in asked]
        left = sum((each.stage == "paused") is not (word == "pause") for each in mine if each.stage)
        if not left:
            break
        await asyncio.sleep(0.2)
    return left
