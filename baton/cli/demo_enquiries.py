"""Which message the demo takes, under which id, and which earlier demo runs still wait."""

import uuid
from pathlib import Path

from baton.cli.messages import Incoming, from_file, from_text
from baton.cli.problems import Problem
from baton.cli.runs import Runs
from baton.cli.shapes import RunLine
from baton.settings import Settings

ENQUIRIES = Path(__file__).resolve().parents[2] / "demo" / "enquiries"

_FIRST = ("return.eml",)
"""What a newcomer sees first: one plain request, from reading to the reply."""


class DemoDiary:
    """The demo's runs of this state directory, in a small file: ids, and the messages they took."""

    def __init__(self, settings: Settings) -> None:
        self._file = settings.state_dir / "demo" / "runs.txt"

    def started(self) -> list[tuple[str, str]]:
        """Enquiry id and name of the message, oldest first."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        return [(enquiry, name) for enquiry, _, name in (line.partition(" ") for line in lines) if enquiry]

    def note(self, enquiry_id: str, name: str) -> None:
        """Remember a run before it starts, so that none is lost."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{enquiry_id} {name}\n")


async def still_open(runs: Runs, diary: DemoDiary) -> list[RunLine]:
    """Earlier demo runs that have not ended, oldest first."""
    known = [enquiry for enquiry, _ in diary.started()]
    lines = {line.enquiry_id: line for line in await runs.lines(open_only=True, limit=10_000)}
    return [lines[enquiry] for enquiry in dict.fromkeys(known) if enquiry in lines]


def to_go_on_with(open_runs: list[RunLine], *, by_itself: bool) -> RunLine | None:
    """The earlier run to show first. By itself the demo cannot be the customer: it leaves runs that wait for one."""
    able = [run for run in open_runs if not (by_itself and run.waiting_on == "customer")]
    return min(able, key=lambda run: run.waiting_on != "review", default=None)


def next_message(diary: DemoDiary) -> tuple[Path, bool]:
    """The demo message that was taken least often; True when all were taken before. Raises Problem."""
    files = sorted(ENQUIRIES.glob("*.eml"), key=lambda file: (file.name not in _FIRST, file.name))
    if not files:
        raise Problem(f"There are no demo enquiries in {ENQUIRIES}. Give one with --file or --text.")
    taken = [name for _, name in diary.started()]
    chosen = min(files, key=lambda file: taken.count(file.name))
    return chosen, chosen.name in taken


def fresh(incoming: Incoming) -> Incoming:
    """The same message under an id of its own: every demo run is a new enquiry."""
    return Incoming(incoming.message, f"INQ-demo-{uuid.uuid4().hex[:6]}")


def chosen_message(file: str | None, text: str | None, sender: str | None) -> Incoming | None:
    """The message that the user gave; None when they gave none. Raises Problem."""
    if file is not None and text is not None:
        raise Problem("Give the message with --text or with --file, one of the two.")
    if file is not None:
        came = from_file(file)
    elif text is not None:
        came = from_text(text, sender=sender)
    else:
        return None
    if sender is not None:
        came = Incoming(came.message.model_copy(update={"from_address": sender}), came.enquiry_id)
    return came
