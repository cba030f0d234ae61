"""What may be shown of a text from outside in histories and logs: not every program keeps its texts clean."""

import re

_NAMED_SECRET = re.compile(
    r"(?i)\b(bearer|basic|[\w-]*(?:token|secret|password|passwd|api[_-]?key))(\s*[=:]\s*|\s+)\S+",
)
_UNNAMED_SECRET = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}")


def without_personal_data(text: str) -> str:
    """One line without e-mail addresses and long numbers."""
    line = " ".join(text.split())
    line = re.sub(r"\S+@\S+", "[address]", line)
    return re.sub(r"\+?\d(?:[ -]?\d){4,}", "[number]", line)


def discreet(text: str) -> str:
    """One line without e-mail addresses, long numbers, and what looks like a password or a key."""
    line = _NAMED_SECRET.sub(r"\1 [secret]", " ".join(text.split()))
    return without_personal_data(_UNNAMED_SECRET.sub("[secret]", line))
