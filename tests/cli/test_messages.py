"""What comes in by file, text or pipe: one message and its id, or one clear line."""

import hashlib
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from baton.cli.messages import from_file, from_text
from baton.cli.problems import Problem

MAIL = b"From: a@b.example\nSubject: hi\nMessage-ID: <one@mail.example>\n\nPlease cancel #1042\n"


def written(place: Path, name: str, content: bytes) -> str:
    (place / name).write_bytes(content)
    return str(place / name)


def test_the_id_of_a_mail_is_the_digest_of_its_message_id(tmp_path: Path) -> None:
    expected = "INQ-" + hashlib.sha256(b"<one@mail.example>").hexdigest()[:16]
    assert from_file(written(tmp_path, "a.eml", MAIL)).enquiry_id == expected
    assert from_file(written(tmp_path, "b.eml", MAIL.replace(b"cancel", b"keep"))).enquiry_id == expected


def test_a_mail_without_a_message_id_still_always_has_the_same_id(tmp_path: Path) -> None:
    raw = MAIL.replace(b"Message-ID: <one@mail.example>\n", b"")
    first, second = (from_file(written(tmp_path, name, raw)).enquiry_id for name in ("a.eml", "b.eml"))
    assert first == second


def test_typed_text_gets_an_id_of_its_own_each_time() -> None:
    first, second = from_text("hello"), from_text("hello")
    assert first.enquiry_id != second.enquiry_id
    assert len(first.enquiry_id) == len("INQ-") + 16


@pytest.mark.parametrize("wrap", [False, True])
def test_json_is_a_message_bare_or_wrapped(tmp_path: Path, *, wrap: bool) -> None:
    shape = {"text": "Where is #1042?", "from_address": "a@b.example"}
    came = from_file(written(tmp_path, "m.json", json.dumps({"message": shape} if wrap else shape).encode()))
    assert (came.message.text, came.message.from_address) == ("Where is #1042?", "a@b.example")


@pytest.mark.parametrize("content", ["\ufeffMôre".encode(), "Môre".encode("utf-16"), "Môre".encode("cp1252")])
def test_text_files_are_read_as_they_were_saved(tmp_path: Path, content: bytes) -> None:
    assert from_file(written(tmp_path, "m.txt", content)).message.text == "Môre"


@pytest.mark.parametrize(
    ("raw", "subject"), [(MAIL, "hi"), (b'{"text": "x", "subject": "from json"}', "from json"), (b"Hello there", "")]
)
def test_standard_input_is_recognised_by_what_it_is(monkeypatch: pytest.MonkeyPatch, raw: bytes, subject: str) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    assert from_file("-").message.subject == subject


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.eml", b"", "empty"),
        ("a.txt", b" \n\n ", "empty"),
        ("a.eml", b"no headers here", "not an e-mail"),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[1]", "not a message"),
        ("a.json", b'{"words": "x"}', "text"),
        ("a.json", b"[" * 100_000, "not JSON"),
        ("a.txt", b"\x00\x01\x02" * 50, "not text"),
        ("a.pdf", b"%PDF", ".pdf"),
        ("a.txt", b"a" * 200_001, "too large"),
        ("a.eml", MAIL + b"a" * 200_001, "too large"),
        ("a.json", b'{"text": "' + b"a" * 200_001 + b'"}', "too large"),
        ("a.json", b'{"text": "' + rb"\u0001" * 50_000 + b'"}', "too large"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_says_why(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(Problem) as refused:
        from_file(written(tmp_path, name, content))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="There is no file"):
        from_file(str(tmp_path / "none.eml"))
    with pytest.raises(Problem, match="directory"):
        from_file(str(tmp_path))


def test_empty_text_is_refused() -> None:
    with pytest.raises(Problem, match="empty"):
        from_text("  ")
