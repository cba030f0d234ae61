"""Tells apart who said something about an earlier proposal: a reviewer, or the steps of the run itself."""

import re
from collections.abc import Sequence

_CHANGED = re.compile(r"^order \S+ changed since it was approved: ")
_SKIPPED = re.compile(r"^a\d+ \(\w+ on \S+\) was skipped")
_JUDGED = re.compile(r"^a\d+: ")


def from_reviewer(feedback: Sequence[str]) -> list[str]:
    """What people said, word for word: every line that no step of the run writes."""
    return [line for line in feedback if not (_CHANGED.match(line) or _SKIPPED.match(line) or _JUDGED.match(line))]


def skipped(feedback: Sequence[str]) -> list[str]:
    """Actions that a person decided to skip: proposing them again would only repeat what was turned down."""
    return [line for line in feedback if _SKIPPED.match(line)]
