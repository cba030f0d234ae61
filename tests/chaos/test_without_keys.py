"""The same with systems that remember no keys, and mail that cannot be looked up."""

from pathlib import Path

from bench.chaos_parts.boundaries import Tokens

from .command import chaos

_SEED = "6"
"""Draws the one boundary that leaves doubt for certain: a worker is killed while its mail is on the way."""


async def test_where_nobody_can_tell_a_person_is_asked_and_nothing_is_done_twice(tmp_path: Path) -> None:
    counted = await chaos(
        tmp_path,
        "--no-keys",
        "--runs",
        "10",
        "--seed",
        _SEED,
        "--boundaries",
        "16",
        "--chaos",
        "15",
        "--patience",
        "120",
    )
    assert counted.figures("started", "lost", "duplicated", "unapproved") == [10, 0, 0, 0], counted.explained
    assert counted.said["completed"] + counted.said["waiting"] == 10
    assert "send_reply.in flight.kill" in {claim.boundary for claim in Tokens(tmp_path / "tokens").claims()}
    assert counted.said["ambiguous"] > 0, counted.explained
    assert counted.code == 0
