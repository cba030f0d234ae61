"""How capabilities do: what counts, for how long, and what a damaged file costs."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baton.agents.planning.assigning import rank
from baton.contracts.plan import PlanStep
from baton.health import DIRECTORY, LATELY, MOST, HealthBook, Outcome, Outcomes, recent_health
from tests.agents.planning.worlds import card


def kept(state: Path, *failures: str | None, ago: timedelta = timedelta()) -> None:
    """A worker's file, in which `look` ended so."""
    at = datetime.now(UTC) - ago
    seen = [Outcome(at=at + timedelta(milliseconds=number), failure=each) for number, each in enumerate(failures)]
    HealthBook(state).write(Outcomes(by_capability={"look": seen}).model_dump_json().encode())


def test_nothing_is_known_where_no_worker_was(tmp_path: Path) -> None:
    assert recent_health(tmp_path) == {}


def test_the_latest_of_all_workers_count_and_no_more(tmp_path: Path) -> None:
    kept(tmp_path, *["no answer"] * MOST, ago=timedelta(hours=2))
    kept(tmp_path, *[None] * (MOST - 1), ago=timedelta(hours=1))
    health = recent_health(tmp_path)["look"]
    assert (health.tried, health.succeeded, health.last_failure) == (MOST, MOST - 1, "no answer")


def test_who_chooses_takes_it(tmp_path: Path) -> None:
    kept(tmp_path, *["no answer"] * 3)
    step = PlanStep(id="seen", capability="look", inputs={"a": "a1"})
    cards = [card("look", "a: A", "B"), card("dearer", "a: A", "B", cost="2")]
    assert [each.capability for each in rank(step, cards).order] == ["look", "dearer"]
    assert [each.capability for each in rank(step, cards, recent_health(tmp_path)).order] == ["dearer", "look"]


def test_what_is_long_ago_does_not_count(tmp_path: Path) -> None:
    kept(tmp_path, "no answer", ago=LATELY)
    assert recent_health(tmp_path) == {}
    kept(tmp_path, None)
    assert recent_health(tmp_path)["look"].tried == 1


def test_a_file_of_a_worker_that_is_long_gone_goes(tmp_path: Path) -> None:
    kept(tmp_path, None)
    (old,) = (tmp_path / DIRECTORY).iterdir()
    long_ago = (datetime.now(UTC) - LATELY - timedelta(minutes=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    kept(tmp_path, None)
    assert old not in (tmp_path / DIRECTORY).iterdir()


def test_a_book_stays_small(tmp_path: Path) -> None:
    book = HealthBook(tmp_path)
    for _ in range(3 * MOST):
        book.note("look", "no answer " * 1000)
    book.write(book.content())
    assert len(book.content()) < 300 * MOST
    assert recent_health(tmp_path)["look"].tried == MOST


def test_a_damaged_file_costs_itself_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept(tmp_path, None)
    (tmp_path / DIRECTORY / "x.json").write_text("{", encoding="utf-8")
    assert recent_health(tmp_path)["look"].succeeded == 1
    assert "x.json cannot be read" in caplog.text
