"""A plan from bytes: read, or refused with what is wrong."""

import pytest

from baton.agents.planning.reading_plans import MOST_PLAN, NotAPlan, read_plan

RIGHT = '{"goal": "Wait", "steps": [{"id": "a", "capability": "wait", "inputs": {"seconds": 1}}]}'


@pytest.mark.parametrize("written", [RIGHT, RIGHT.encode(), b"\xef\xbb\xbf" + RIGHT.encode()])
def test_a_plan_is_read_from_text_and_from_bytes(written: str | bytes) -> None:
    assert read_plan(written).steps[0].inputs == {"seconds": 1}


@pytest.mark.parametrize(
    ("written", "kind", "words"),
    [
        ("", "malformed", "line 1"),
        ("{", "malformed", "not JSON: line 1, column 2"),
        (b"\xff\xfe{", "malformed", "UTF-8"),
        (RIGHT.replace('"goal"', '"goal": "Go", "goal"'), "malformed", "“goal” stands twice"),
        (RIGHT.replace('{"seconds": 1}', '{"seconds": 1, "seconds": 2}'), "malformed", "“seconds” stands twice"),
        (RIGHT.replace("1}", "NaN}"), "malformed", "finite"),
        (RIGHT.replace("1}", "1e999}"), "malformed", "finite"),
        (RIGHT.replace("1}", "1" * 5_000 + "}"), "malformed", "too long"),
        (RIGHT.replace("1}", "[" * 100_000 + "]" * 100_000 + "}"), "malformed", "deep"),
        (RIGHT.replace("1}", '"\\ud800"}'), "malformed", "UTF-8"),
        (" " * (MOST_PLAN + 1), "too_large", "bytes"),
        ("[]", "malformed", "JSON object"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_reason(written: str | bytes, kind: str, words: str) -> None:
    with pytest.raises(NotAPlan) as refused:
        read_plan(written)
    (found,) = refused.value.faults
    assert found.kind == kind
    assert words in f"{found.message} {found.hint}"


def test_every_place_that_is_malformed_is_told() -> None:
    with pytest.raises(NotAPlan) as refused:
        read_plan('{"steps": [{"id": "A", "capability": "wait"}, {"id": "b"}], "extra": 1}')
    assert {each.place for each in refused.value.faults} == {"goal", "extra", "steps/A/id", "steps/b/capability"}
