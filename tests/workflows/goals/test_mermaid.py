"""A plan as a flowchart: its steps, their order and their states, and no text that can break it."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.contracts.plan import Plan
from workflows.goal_parts.mermaid import FEW, LONGEST, MOST_DRAWN, MOST_LINKS, StepState, mermaid, mermaid_by_wave

from .driver import add, plan, ref

REFUND = plan(
    {"id": "read", "capability": "read_order", "intent": "Find the order"},
    {"id": "pause", "capability": "wait", "inputs": {"seconds": 60}},
    {"id": "draft", "capability": "write_draft", "intent": "Write to the customer", "inputs": {"order": ref("read")},
     "when": [{"fact": "pause.until", "op": ">", "value": "2026"}]},
    {"id": "pay", "capability": "refund", "inputs": {"order_id": ref("read.order_id")}, "review": True},
)  # fmt: skip

_LABEL = r'"[^"\n<>`]*(?:<br/>[^"\n<>`]*)?"'
_LINE = re.compile(
    rf"flowchart LR|  [sw]\d+(?:\[{_LABEL}\]|\[\[{_LABEL}\]\]|\{{\{{{_LABEL}\}}\}})|  [sw]\d+ --> [sw]\d+"
    rf"|  (?:more|links)\[{_LABEL}\]"
    r"|  classDef [a-z_]+ [a-z0-9#:,; -]+|  class [sw]\d+(?:,[sw]\d+)* [a-z_]+"
)


def test_the_flowchart_shows_steps_their_order_and_their_states() -> None:
    assert mermaid(REFUND, {"read": "done", "pause": "done", "pay": "waiting"}).splitlines()[:9] == [
        "flowchart LR",
        '  s0["read<br/>Find the order"]',
        '  s1["pause<br/>wait"]',
        '  s2["draft<br/>Write to the customer"]',
        '  s3{{"pay<br/>refund"}}',
        "  s0 --> s2",
        "  s1 --> s2",
        "  s0 --> s3",
        "  classDef not_begun fill:#eeeeee,stroke:#999999,color:#333333",
    ]
    coloured = mermaid(REFUND, {"read": "done", "pause": "done", "pay": "waiting"})
    assert "  class s0,s1 done" in coloured
    assert "  class s3 waiting" in coloured
    assert "  class s2 not_begun" in coloured


@given(
    st.text(max_size=200)
    | st.sampled_from(['"];x-->y', "```", "end", "#quot;", "%%{init}%%", "a\nclick s0 href", "</b>"])
)
def test_no_text_leaves_its_label(text: str) -> None:
    written = plan(add("a", 1, intent=text[:500]), {"id": "b", "capability": text[:100] or "x"}, goal=text or "x")
    for drawn in (mermaid(written), mermaid_by_wave(written)):
        assert all(_LINE.fullmatch(line) for line in drawn.splitlines()), drawn


def _steps(count: int, **more: Any) -> Plan:
    return plan(*(add(f"s{n}", n, needs=[f"s{k}" for k in range(n)], **more) for n in range(count)))


def test_what_is_too_much_for_mermaid_is_drawn_in_part_and_says_so() -> None:
    drawn = mermaid(_steps(MOST_DRAWN + 50))
    assert drawn.count("-->") == MOST_LINKS
    assert "and 50 more steps" in drawn
    assert "arrows are not drawn" in drawn
    assert len(drawn) < LONGEST
    assert mermaid(_steps(MOST_DRAWN, intent="#" * 500)) == mermaid_by_wave(_steps(MOST_DRAWN))


def test_a_wide_plan_is_a_node_a_wave_with_how_many_are_in_which_state() -> None:
    wide = plan(*(add(f"a{n}", n) for n in range(60)), *(add(f"b{n}", n, needs=[f"a{n}"]) for n in range(60)))
    states: dict[str, StepState] = {f"a{n}": "done" for n in range(59)}
    states |= {"a59": "running", "b0": "failed"}
    assert mermaid_by_wave(wide, states).splitlines() == [
        "flowchart LR",
        '  w0["wave 1: 60 steps<br/>1 running, 59 done"]',
        '  w1["wave 2: 60 steps<br/>59 not begun, 1 failed"]',
        "  w0 --> w1",
        "  classDef running fill:#cfe8ff,stroke:#1f6fb2,color:#123a5c",
        "  class w0 running",
        "  classDef failed fill:#fbd5d5,stroke:#b3261e,color:#5f1412",
        "  class w1 failed",
    ]


@pytest.mark.parametrize(
    ("states", "colour"),
    [
        ([], "not_begun"),
        (["done"], "running"),
        (["done", "skipped"], "done"),
        (["skipped", "skipped"], "skipped"),
        (["waiting", "running"], "waiting"),
    ],
)
def test_a_wave_has_the_colour_of_what_most_needs_a_look(states: list[StepState], colour: str) -> None:
    drawn = mermaid_by_wave(plan(add("s0", 0), add("s1", 1)), {f"s{n}": state for n, state in enumerate(states)})
    assert f"  class w0 {colour}" in drawn


def test_a_long_plan_has_as_many_waves_as_a_picture_holds() -> None:
    drawn = mermaid_by_wave(_steps(FEW + 10))
    assert drawn.count("wave ") == FEW
    assert "and 10 more waves" in drawn


def test_a_plan_that_was_refused_is_drawn_all_the_same() -> None:
    circle = plan(add("a", ref("b.value")), add("b", ref("a.value")), add("a", ref("nobody.value")), add("c", 1))
    assert mermaid(circle).count("-->") == 2
    assert [line for line in mermaid_by_wave(circle).splitlines() if "wave" in line] == [
        '  w0["wave 1: 2 steps<br/>2 not begun"]',
        '  w1["wave 2: 2 steps<br/>2 not begun"]',
    ]
