"""What cannot be done is said in one line on stderr, in time, and never as a traceback."""

import asyncio
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command_line import run
from tests.cli.programs import ROOT, started

EVERY_COMMAND = [
    ("list",),
    ("inbox",),
    ("status", "INQ-1"),
    ("watch", "INQ-1"),
    ("record", "INQ-1"),
    ("review", "INQ-1"),
    ("approve", "INQ-1"),
    ("edit", "INQ-1", "--value", "{}"),
    ("reject", "INQ-1"),
    ("request-changes", "INQ-1", "--comment", "shorter"),
    ("decide", "INQ-1", "retry"),
    ("cancel", "INQ-1"),
    ("reply", "INQ-1", "--text", "it was me"),
    ("start", "enquiry", "--text", "Where is my order?"),
]


@pytest.mark.parametrize("words", EVERY_COMMAND, ids=lambda words: " ".join(words[:2]))
async def test_without_a_server_every_command_says_how_to_start_one(alone: Path, words: tuple[str, ...]) -> None:
    said = await run(*words)
    assert said.code == 1
    assert "uv run starter.py up" in said.complaint


async def test_a_server_that_does_not_answer_is_said_within_ten_seconds(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    began = time.monotonic()
    said = await run("list")
    assert said.code == 1
    assert "127.0.0.1:1" in said.complaint
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("words", [("status",), ("record",), ("review",), ("approve",), ("cancel",), ("watch",)])
async def test_an_unknown_id_is_said_in_one_line(connected: Path, words: tuple[str, ...]) -> None:
    said = await run(*words, "INQ-nobody-knows")
    assert said.code == 1
    assert "INQ-nobody-knows" in said.complaint


async def test_a_reply_to_an_unknown_id_is_refused(connected: Path) -> None:
    said = await run("reply", "INQ-nobody-knows", "--text", "me")
    assert said.code == 1
    assert "There is no enquiry INQ-nobody-knows" in said.complaint


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--text", "a", "--file", "b.eml"),
        ("--file", "not-there.eml"),
        ("not-there.eml",),
        ("--text", "hi", "--id", "a/b/c"),
        ("--text", "   "),
    ],
)
async def test_a_wrong_start_is_refused_in_one_line(connected: Path, words: tuple[str, ...]) -> None:
    said = await run("start", "enquiry", *words)
    assert said.code == 1
    assert said.complaint


async def test_a_wrong_setting_stops_with_its_name(connected: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_DUE_HOURS", "soon")
    said = await run("list")
    assert said.code == 1
    assert said.complaint.startswith("REVIEW_DUE_HOURS='soon'")


@pytest.mark.parametrize("command", [("up",), ("demo", "--yes")])
async def test_a_connector_that_cannot_be_loaded_is_said_before_anything_starts(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    async with started(tmp_path / "state", *command, ORDER_SYSTEM="nope:X") as program:
        assert await program.ends() == 1
    assert program.said.startswith("ORDER_SYSTEM (nope:X): there is no module 'nope'")
    assert program.said.count("\n") == 1
    assert not (tmp_path / "state").exists()


async def test_an_unusable_state_directory_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with started(tmp_path / "file" / "state", "up") as up:
        assert await up.ends() == 1
    assert up.said.startswith("STATE_DIR=")
    assert "Unexpected" not in up.said
    assert up.said.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(("target", "most_lines"), [("/dev/full", 1), ("&-", 0)])
async def test_output_that_cannot_be_written_gives_no_traceback(connected: Path, target: str, most_lines: int) -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} starter.py list --json >{target}", cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await process.communicate()
    assert complaint.count(b"\n") == most_lines, complaint
    assert b"Unexpected" not in complaint


async def test_up_and_demo_refuse_an_orders_file_that_is_not_there(alone: Path) -> None:
    for command in ("up", "demo"):
        said = await run(command, "--orders", "nothing.json")
        assert (said.code, "nothing.json" in said.complaint) == (1, True)
