"""What a review of a failed step tells of its inputs: little of it, and none of a card's number."""

from workflows.handed import LONGEST, MOST_FIELDS, handed_in_short, named


def test_plain_values_are_told_short_and_masked() -> None:
    told = handed_in_short(
        {"order": "#W1", "much": "x" * 1000, "card": "4111 1111 1111 1111", "lines": [1], "of": {"a": 1}, "count": 2}
    )
    assert told == {"order": "#W1", "much": f"{'x' * (LONGEST - 1)}…", "card": "[card ending 1111]", "count": 2}
    assert len(handed_in_short({f"f{number}": number for number in range(100)})) == MOST_FIELDS


def test_a_title_names_the_one_short_value_that_tells_steps_apart() -> None:
    assert named("Cancel order (1 of 2)", {"order": "#W1"}) == "Cancel order (1 of 2), #W1,"
    assert named("Cancel order #W1", {"order": "#W1"}) == "Cancel order #W1"
    assert named("Cancel", {"order": "#W1", "reason": "late"}) == "Cancel"
    assert named("Cancel", {"order": "x" * 100}) == "Cancel"
    assert named("Cancel", {"now": True}) == "Cancel"
