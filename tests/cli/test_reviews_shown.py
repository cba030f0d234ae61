"""A review as a person reads it: tables and words, not JSON, wherever what it is about is flat."""

from datetime import UTC, datetime

from pydantic import JsonValue
from rich.console import Console

from baton.cli.console import THEME, WIDTH
from baton.cli.presenting.review import review_panel
from baton.contracts.review import Review, ReviewKind
from baton.contracts.wire import digest_of


def _shown(subject: JsonValue, kind: ReviewKind = "approval") -> str:
    now = datetime.now(UTC)
    review = Review(
        review_id="approve/it", kind=kind, title="It", summary="", subject=subject, subject_schema={},
        subject_digest=digest_of(subject), choices=[], created_at=now, due_at=now,
    )  # fmt: skip
    console = Console(theme=THEME, width=WIDTH, highlight=False)
    with console.capture() as said:
        console.print(review_panel(review, enquiry_id="GOAL-7"))
    return said.get()


def _rows(shown: str) -> list[list[str]]:
    return [line.strip("│ \n").split() for line in shown.splitlines()]


def test_a_write_over_a_list_is_a_table() -> None:
    shown = _shown([{"order_id": "#W1", "reason": "late"}, {"order_id": "#W2"}])
    assert ["order_id", "reason"] in _rows(shown)
    assert ["1", "#W1", "late"] in _rows(shown)
    assert ["2", "#W2", "–"] in _rows(shown)
    assert "{" not in shown


def test_nothing_of_wide_items_is_left_out() -> None:
    shown = _shown([{f"field{number}": f"value {number}" for number in range(9)}] * 2)
    assert shown.count("value 8") == 2
    assert "{" not in shown


def test_one_write_is_a_line_an_input_and_a_text_is_told_from_another_value() -> None:
    rows = _rows(_shown({"order_id": "#W1", "amount": 12, "note": "", "until": None, "said": "null"}))
    for row in (["order_id", "#W1"], ["amount", "12"], ["note", '""'], ["until", "null"], ["said", '"null"']):
        assert row in rows


def test_a_value_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in _shown({"note": "\x1b[2Jgone"})


def test_what_is_not_flat_stays_json() -> None:
    assert '"lines": [' in _shown([{"order_id": "#W1", "lines": [{"sku": "a"}]}])


def test_a_step_that_failed_shows_what_it_was_handed() -> None:
    shown = _shown({"step": "s", "capability": "c", "causes": ["mail: gone"], "handed": {"order_id": "#W1"}}, "failure")
    assert ["order_id", "#W1"] in _rows(shown)
    assert "• mail: gone" in shown
    assert "handed" not in _shown({"step": "s", "capability": "c", "causes": ["gone"]}, "failure")


def test_a_question_about_a_change_shows_what_was_said_and_not_its_choices_again() -> None:
    shown = _shown({"goal": "the boots", "readings": ["one reading"], "reasons": ["no way"]}, "clarification")
    assert "the boots" in shown
    assert "one reading" not in shown
    assert "{" not in shown
