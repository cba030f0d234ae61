"""What `--text`, `--file` and standard input become: one Message, and the id that it always gets."""

import hashlib
import json
import re
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from baton.cli.eml import NotAnEmail, TooMuchText, clean, decoded, message_from_eml
from baton.cli.problems import Problem
from baton.contracts.mail import Message
from baton.contracts.sizes import MOST_MESSAGE

MOST_FILE = 50_000_000
"""Bytes of an .eml with its attachments, which are measured and left where they are."""
_MOST_ESCAPED = 6
"""Bytes that JSON may take for one of a text: backslash, u, four digits."""

_HEADER = re.compile(
    rb"(?:From |(?:From|To|Subject|Date|Message-ID|Received|Return-Path|Delivered-To|MIME-Version|X-[\w-]+):)", re.I
)


@dataclass(frozen=True)
class Incoming:
    """A message that came in, and the enquiry id that follows from it: the same mail always has the same id."""

    message: Message
    enquiry_id: str


def from_text(text: str, *, sender: str | None = None, subject: str = "") -> Incoming:
    """The message that a person typed."""
    message = Message(text=clean(text), from_address=sender, subject=subject, received_at=datetime.now(UTC))
    return Incoming(_checked(message, "the text"), random_id())


def from_file(path: str) -> Incoming:
    """The message in an .eml, .txt or .json file, or (`-`) on standard input. Raises Problem in one line."""
    name = "standard input" if path == "-" else path
    raw = _read(path, name)
    if not raw.strip():
        raise Problem(f"{name} is empty: there is no message to handle.")
    kind = _kind(path, name, raw)
    if kind == "eml":
        try:
            message = message_from_eml(raw)
        except NotAnEmail:
            raise Problem(f"{name} is not an e-mail: it has none of the headers From, Subject, Date.") from None
        except TooMuchText:
            raise _too_large(name) from None
        except RecursionError:
            raise Problem(f"{name} cannot be read: its parts lie too deep in one another.") from None
        same = (message.message_id or "").encode() or raw
        return Incoming(_checked(message, name), derived_id(same))
    if kind == "json":
        message = _message_from_json(raw, name)
        known = message.message_id
        return Incoming(_checked(message, name), derived_id(known.encode()) if known else random_id())
    if b"\x00" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problem(f"{name} is not text. Give an .eml, .txt or .json file.")
    charset = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    text = clean(decoded(raw, charset)).strip("\n")
    if len(text) > MOST_MESSAGE:
        raise _too_large(name)
    return Incoming(_checked(Message(text=text, received_at=datetime.now(UTC)), name), random_id())


def derived_id(seed: bytes) -> str:
    """`INQ-` and 16 hex of the digest: a mail that is handed in twice is the same enquiry."""
    return f"INQ-{hashlib.sha256(seed).hexdigest()[:16]}"


def random_id() -> str:
    """`INQ-` and 16 random hex, for words that carry no id of their own."""
    return f"INQ-{uuid.uuid4().hex[:16]}"


def _read(path: str, name: str) -> bytes:
    if path == "-":
        raw = sys.stdin.buffer.read(MOST_FILE + 1)
    else:
        file = Path(path).expanduser()
        if file.is_dir():
            raise Problem(f"{name} is a directory. Give an .eml, .txt or .json file.")
        try:
            with file.open("rb") as stream:
                raw = stream.read(MOST_FILE + 1)
        except FileNotFoundError:
            raise Problem(f"There is no file {name}.") from None
        except (OSError, ValueError) as problem:
            raise Problem(f"{name} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from None
    if len(raw) > MOST_FILE:
        raise Problem(f"{name} is too large: more than {MOST_FILE // 1_000_000} MB.")
    return raw


def _kind(path: str, name: str, raw: bytes) -> str:
    suffix = Path(path).suffix.lower().lstrip(".") if path != "-" else ""
    if suffix in ("eml", "txt", "json"):
        return suffix
    if suffix:
        raise Problem(f"{name}: a .{suffix} file is not read. Give an .eml, .txt or .json file.")
    start = raw.lstrip()
    if start.startswith(b"{"):
        return "json"
    return "eml" if _HEADER.match(start) else "txt"


def _message_from_json(raw: bytes, name: str) -> Message:
    if len(raw) > _MOST_ESCAPED * MOST_MESSAGE:
        raise _too_large(name)
    try:
        found = json.loads(decoded(raw))
    except (json.JSONDecodeError, RecursionError) as problem:
        where = f"line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else "too deep"
        raise Problem(f"{name} is not JSON ({where}).") from None
    if isinstance(found, dict) and isinstance(found.get("message"), dict):
        found = found["message"]
    try:
        message = Message.model_validate(found)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise Problem(
            f"{name} is not a message: {where}: {first['msg'].lower()}. "
            'Give {"text": "…", "subject": "…", "from_address": "…"} or {"message": {…}}.'
        ) from None
    return message.model_copy(update={"text": clean(message.text)})


def _too_large(name: str, size: str = "too much text") -> Problem:
    return Problem(f"{name} is too large: {size}; a message may have {MOST_MESSAGE // 1000} KB beside its attachments.")


def _checked(message: Message, name: str) -> Message:
    size = len(message.model_dump_json().encode())
    if size > MOST_MESSAGE:
        raise _too_large(name, f"{size // 1000} KB of text")
    if not (message.text.strip() or message.subject.strip() or message.attachments):
        raise Problem(f"{name} is empty: there is no message to handle.")
    return message
