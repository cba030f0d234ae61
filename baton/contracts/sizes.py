"""How large things may be, in bytes of their JSON unless it says otherwise: every bound, in this one place.

Temporal takes a payload of up to 2 MiB and a message of up to 4 MiB. A payload above that has the same task fail again
and again; four of 1.5 MB at once, or an answer to a query above 4 MiB, end the run without a word. So what is too large
goes to a file beside the server where all is one machine (baton/temporal/large_values.py); elsewhere we
refuse it, and tell a person its size and the bound.
"""

from collections.abc import Sequence

from pydantic import JsonValue

from .wire import Wire, canonical_json, digest_of

MOST_INLINE = 600_000
"""A payload above this is kept in a file, where that can be; up to it, it stands in the history and the UI shows it."""

MOST_HANDED = 1_900_000
"""What one step may be handed where nothing can be kept in files."""
MOST_HANDED_STORED = 4_000_000
"""The same where files can be kept. Temporal lets a task compute for 2 s: on a busy machine this much comes near."""

MOST_GIVEN = 1_700_000
"""What one step may answer where nothing can be kept in files: less than can be handed on, with room for its name."""
MOST_GIVEN_STORED = 3_000_000
"""The same where files can be kept."""

MOST_SAID = 12_000_000
"""One message of an MCP server, which says everything twice over: as text, and in fields."""

MOST_SCHEMA = 50_000
"""The inputs and the result of one MCP tool: they travel in the input of each run that may use it."""

MOST_OF_A_RECORD = 1_400_000
"""What of a run's record is handed to the archive at a time: a larger one goes there in parts."""

MOST_AT_ONCE = 3_500_000
"""What may be on its way to the steps of one run at a time, in payloads of the history: all may go out in one task."""

MOST_CARRIED = 1_900_000
"""What a run may weigh when it goes on in a new history: it travels as one payload."""
MOST_CARRIED_STORED = 4_000_000
"""The same where files can be kept; the new history's first task reads all of it."""

MOST_KNOWN = 10_000_000
"""What all facts of a run may weigh together; a run that cannot be carried goes on in its history until then."""
MOST_HISTORY = 20_000_000
"""Bytes of history above which a run starts no step: the server ends it at 50 MiB, and its record is kept before."""

MOST_ANSWERED = 500_000
"""An answer to a query. Below MOST_INLINE: an answer is never kept in a file, which each question would write anew."""

MOST_SIGNALLED = 131_072
"""A signal's argument: a decision with its edit, an assignment, a customer's reply."""

MOST_SUBJECT = 100_000
"""What a person is asked to approve: its edit must fit into a signal."""

MOST_REPLIES = 20
"""Replies of a customer to one enquiry."""
MOST_REPLY_CHARACTERS = 20_000
"""Characters of one reply's text."""

MOST_MESSAGE = 200_000
"""The message of an enquiry at its start. Steps quote it several times over."""

MOST_LINE = 2_000
"""Characters of a line that others gave, in a run's result or beside a review's subject."""
MOST_LINES = 50
"""Such lines in one list."""


def size_of(value: JsonValue) -> int:
    """Bytes of a value as JSON."""
    return len(canonical_json(value).encode())


def most_handed(*, stored: bool) -> int:
    """What one step may be handed; `stored`: what is too large for Temporal can be kept in files."""
    return MOST_HANDED_STORED if stored else MOST_HANDED


def most_given(*, stored: bool) -> int:
    """What one step may answer."""
    return MOST_GIVEN_STORED if stored else MOST_GIVEN


def most_carried(*, stored: bool) -> int:
    """What a run may weigh when it goes on in a new history."""
    return MOST_CARRIED_STORED if stored else MOST_CARRIED


def few_lines(lines: Sequence[str]) -> list[str]:
    """The lines, cut to what a review or a result may carry, with a word for those that are left out."""
    more = len(lines) - MOST_LINES
    return [
        *(line[:MOST_LINE] for line in lines[:MOST_LINES]),
        *([f"… and {more} more: see the record"] if more > 0 else []),
    ]


class LeftOut(Wire):
    """Stands in an answer where a value was too large for it. The run has the value, and so will the archive."""

    size_bytes: int
    sha256: str

    @classmethod
    def of(cls, value: JsonValue) -> "LeftOut":
        """The mark of this value."""
        return cls(size_bytes=size_of(value), sha256=digest_of(value))
