"""What the stand-in mail server received: every delivery is kept, so that a mail sent twice is seen twice."""

import json
import sqlite3
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL, received_at TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_by_message_id ON deliveries (message_id);
"""


class Delivered(BaseModel):
    """One delivery as it is shown; `copies` counts deliveries under the same Message-ID, this one included."""

    number: int
    message_id: str
    received_at: datetime
    envelope_from: str
    envelope_to: list[str]
    subject: str
    to: str
    in_reply_to: str | None
    references: list[str]
    headers: dict[str, str]
    text: str
    copies: int


class MailStore:
    """Deliveries in one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=wal")
        self._db.execute("PRAGMA synchronous=normal")
        self._db.executescript(_SCHEMA)

    def keep(self, content: bytes, sender: str, recipients: list[str]) -> int:
        """Keep a delivery and return its number."""
        message_id = str(_parsed(content).get("Message-ID", "")).strip()
        row = self._db.execute(
            "INSERT INTO deliveries (message_id, received_at, sender, recipients, content) "
            "VALUES (?, ?, ?, ?, ?) RETURNING number",
            (message_id, datetime.now(UTC).isoformat(), sender, json.dumps(recipients), content),
        ).fetchone()
        return int(row[0])

    def deliveries(self, message_id: str | None = None, to: str | None = None) -> list[Delivered]:
        """All deliveries, oldest first, narrowed to a Message-ID (angle brackets optional) or a recipient."""
        rows = self._db.execute(
            "SELECT number, message_id, received_at, sender, recipients, content, "
            "(SELECT count(*) FROM deliveries AS other WHERE other.message_id = deliveries.message_id) "
            "FROM deliveries WHERE ?1 IS NULL OR message_id = ?1 ORDER BY number",
            (None if message_id is None else f"<{message_id.strip().strip('<>')}>",),
        )
        found = [_shown(_Row(*row)) for row in rows]
        return [mail for mail in found if to is None or to.casefold() in map(str.casefold, mail.envelope_to)]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


class _Row(NamedTuple):
    number: int
    message_id: str
    received_at: str
    sender: str
    recipients: str
    content: bytes
    copies: int


def _shown(row: _Row) -> Delivered:
    mail = _parsed(row.content)
    body = mail.get_body(("plain", "html"))
    in_reply_to = mail.get("In-Reply-To")
    return Delivered(
        number=row.number,
        message_id=row.message_id,
        received_at=datetime.fromisoformat(row.received_at),
        envelope_from=row.sender,
        envelope_to=json.loads(row.recipients),
        subject=str(mail.get("Subject", "")),
        to=str(mail.get("To", "")),
        in_reply_to=None if in_reply_to is None else str(in_reply_to).strip(),
        references=str(mail.get("References", "")).split(),
        headers={name: str(value) for name, value in mail.items()},
        text=str(body.get_content()).replace("\r\n", "\n") if body is not None else "",
        copies=row.copies,
    )
