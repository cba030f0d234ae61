"""What the stand-in systems remember: JSON documents in one SQLite file, kept digit for digit as they were loaded."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    shelf TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
    UNIQUE (shelf, id)
);
CREATE TABLE IF NOT EXISTS lookups (shelf TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS lookups_by_value ON lookups (shelf, field, value);
CREATE TABLE IF NOT EXISTS answers (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, answer TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Stored(NamedTuple):
    """A document and its version, which rises by one with each change."""

    document: Any  # the JSON that was loaded; each system gives it its own typed shape
    version: int


class Answered(NamedTuple):
    """What was answered under an idempotency key, and the fingerprint of what had been asked."""

    fingerprint: str
    answer: Any


def folded(text: str) -> str:
    """The text as it is compared: letter case and surplus spaces aside."""
    return " ".join(text.split()).casefold()


class DocumentStore:
    """Shelves of JSON documents with look-up values, and the answers given under idempotency keys."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=wal")
        self._db.execute("PRAGMA synchronous=normal")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside take effect together, or none does."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def note(self, name: str) -> str | None:
        """One remembered line about the store itself."""
        row = self._db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def remember(self, name: str, value: str) -> None:
        """Set a remembered line."""
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Forget everything: documents, answers and notes."""
        for table in ("documents", "lookups", "answers", "notes"):
            self._db.execute(f"DELETE FROM {table}")  # noqa: S608 (names from the line above)

    def put(self, shelf: str, id: str, document: Mapping[str, Any], lookups: Mapping[str, str] | None = None) -> int:
        """Store a document under its id and return its new version; `lookups` replace the values it is found by."""
        text = json.dumps(document, ensure_ascii=False)
        row = self._db.execute(
            "INSERT INTO documents (shelf, id, version, document) VALUES (?, ?, 1, ?) "
            "ON CONFLICT (shelf, id) DO UPDATE SET version = version + 1, document = excluded.document "
            "RETURNING version",
            (shelf, id, text),
        ).fetchone()
        if lookups is not None:
            self._db.execute("DELETE FROM lookups WHERE shelf = ? AND id = ?", (shelf, id))
            self._db.executemany(
                "INSERT INTO lookups VALUES (?, ?, ?, ?)",
                [(shelf, field, folded(value), id) for field, value in lookups.items()],
            )
        return int(row[0])

    def get(self, shelf: str, id: str) -> Stored | None:
        """The document with exactly this id."""
        row = self._db.execute(
            "SELECT document, version FROM documents WHERE shelf = ? AND id = ?", (shelf, id)
        ).fetchone()
        return None if row is None else Stored(json.loads(row[0]), int(row[1]))

    def first_of(self, shelf: str, ids: Iterable[str]) -> Stored | None:
        """The document under the first of these ids that exists."""
        return next((found for id in ids if (found := self.get(shelf, id)) is not None), None)

    def matching(self, shelf: str, values: Mapping[str, str]) -> list[Any]:
        """All documents whose look-up values all match, in the order in which they were loaded."""
        wanted: set[str] | None = None
        for field, value in values.items():
            rows = self._db.execute(
                "SELECT id FROM lookups WHERE shelf = ? AND field = ? AND value = ?", (shelf, field, folded(value))
            )
            ids = {str(row[0]) for row in rows}
            wanted = ids if wanted is None else wanted & ids
        marks = ",".join("?" * len(wanted or ()))
        rows = self._db.execute(
            f"SELECT document FROM documents WHERE shelf = ? AND id IN ({marks}) ORDER BY place",  # noqa: S608 (marks)
            (shelf, *(wanted or ())),
        )
        return [json.loads(row[0]) for row in rows]

    def shelf(self, shelf: str) -> dict[str, Any]:
        """Every document of a shelf by id, in the order in which they were loaded."""
        rows = self._db.execute("SELECT id, document FROM documents WHERE shelf = ? ORDER BY place", (shelf,))
        return {str(row[0]): json.loads(row[1]) for row in rows}

    def stored(self, shelf: str) -> dict[str, Stored]:
        """As `shelf`, each document with its version."""
        rows = self._db.execute("SELECT id, document, version FROM documents WHERE shelf = ? ORDER BY place", (shelf,))
        return {str(row[0]): Stored(json.loads(row[1]), int(row[2])) for row in rows}

    def answered(self, key: str) -> Answered | None:
        """What was answered under this idempotency key."""
        row = self._db.execute("SELECT fingerprint, answer FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else Answered(str(row[0]), json.loads(row[1]))

    def keep_answer(self, key: str, fingerprint: str, answer: Mapping[str, Any]) -> None:
        """Remember the answer given under a key."""
        self._db.execute(
            "INSERT INTO answers (key, fingerprint, answer) VALUES (?, ?, ?)",
            (key, fingerprint, json.dumps(answer, ensure_ascii=False)),
        )

    def answers(self) -> list[Any]:
        """Every answer kept, oldest first."""
        return [json.loads(row[0]) for row in self._db.execute("SELECT answer FROM answers ORDER BY place")]

    def count_answers(self) -> int:
        """How many answers were kept."""
        return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def fingerprint_of(*parts: str) -> str:
    """sha256 (hex) of what was asked: equal exactly when the same thing was asked again."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
