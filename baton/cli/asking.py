"""Asking the person at the terminal for an answer to a review, without blocking the rest of the program."""

import asyncio
import sys
from dataclasses import dataclass

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from baton.cli.console import complaint, line, out
from baton.cli.editing import edited
from baton.cli.problems import Problem
from baton.contracts.review import Review, ReviewChoice

_KEYS = {
    "approve": "a",
    "edit": "e",
    "reject": "r",
    "request_changes": "c",
    "handled_outside": "h",
    "retry": "t",
    "supply": "s",
    "reroute": "o",
    "skip": "k",
    "keep": "k",
    "done": "d",
    "not_done": "n",
    "undo": "u",
    "abort": "x",
}
_LATER = "l"


@dataclass(frozen=True)
class Answer:
    """What a person wants done with a review."""

    choice: ReviewChoice
    value: JsonValue = None
    comment: str = ""


async def read_line(prompt: str) -> str | None:
    """One line from the keyboard or a pipe; None when there is nobody (end of input). Ctrl-C can interrupt it."""
    out.print(Text(prompt, style="name"), end="")
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(sys.stdin.fileno(), ready.set)
    except (PermissionError, OSError, ValueError):  # a file or /dev/null: it never blocks
        ready.set()
        said = sys.stdin.readline()
    else:
        try:
            await ready.wait()
        finally:
            loop.remove_reader(sys.stdin.fileno())
        said = sys.stdin.readline()
    if not said:
        line("")
        return None
    if not sys.stdin.isatty():
        line(said.strip())
    return said.strip()


async def ask(review: Review, *, draft: JsonValue = None) -> Answer | None:
    """The person's answer; None: later. An edit starts from `draft`, where an earlier one was refused."""
    keys = {_KEYS.get(choice.id, choice.id): choice for choice in review.choices}
    table = Table.grid(padding=(0, 2, 0, 1))
    for key, choice in keys.items():
        extra = " (opens your editor)" if choice.id in ("edit", "supply") else ""
        table.add_row(
            Text(key, style="key"), Text(choice.id.replace("_", " ")), Text(choice.label + extra, style="quiet")
        )
    table.add_row(
        Text(_LATER, style="key"), Text("later"), Text("Leave it open; the next `demo` or `up` has it", style="quiet")
    )
    while True:
        out.print(table)
        said = await read_line("Your answer: ")
        if said is None or said.lower() in (_LATER, "later", "q", "quit"):
            return None
        chosen = keys.get(said.lower()) or review.choice(said.lower().replace("-", "_").replace(" ", "_"))
        if chosen is None:
            if said:
                line(f"{said!r} is none of these.", style="warn")
            continue
        try:
            answer = await _completed(review, chosen, draft)
        except Problem as problem:
            complaint(str(problem))
            continue
        if answer is not None:
            return answer


async def _completed(review: Review, choice: ReviewChoice, draft: JsonValue) -> Answer | None:
    if choice.needs == "comment":
        comment = await read_line("What should change? ")
        return Answer(choice, comment=comment) if comment else None
    if choice.needs == "nothing":
        return Answer(choice)
    options = (choice.value_schema or {}).get("enum")
    if isinstance(options, list):
        said = await read_line(f"Which one ({', '.join(str(each) for each in options)})? ")
        return Answer(choice, value=said) if said else None
    if choice.id != "edit":
        return Answer(choice, value=edited({}))
    value = edited(draft if draft is not None else review.subject, unchanged_is_fine=draft is not None)
    return Answer(choice, value=value)


def by_itself(review: Review, times_answered: int) -> Answer | None:
    """What `--yes` answers: approve where that is offered; a failed step twice again; else that a person handles it."""
    for wanted, comment in (
        ("approve", ""),
        ("retry", "" if times_answered < 2 else None),
        ("handled_outside", "demo --yes: a person would complete this"),
        ("abort", "demo --yes: it kept failing"),
    ):
        choice = review.choice(wanted)
        if choice is not None and comment is not None:
            return Answer(choice, comment=comment)
    return None
