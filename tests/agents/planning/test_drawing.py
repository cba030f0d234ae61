"""A plan as people see it: its waves and reasons in text, whatever its words are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from baton.agents.planning.drawing import tree
from baton.agents.planning.waves import waves_of
from baton.contracts.agents import Choice
from baton.contracts.plan import Plan

from .checked_cards import CARDS, from_, plan, step

REFUND = Plan.model_validate(
    plan(
        step("read", "read_order", {"order_id": "#W1"}, intent="Find the order"),
        step("pause", "wait", {"seconds": 60}),
        step(
            "draft",
            "write_draft",
            {"order": from_("read")},
            intent="Write to the customer",
            when=[{"fact": "pause.until", "op": ">", "value": "2026"}],
        ),
        step("pay", "refund", {"order_id": from_("read.order_id"), "amount": 5}, review=True),
        wanted=["Refund"],
    )
)


def test_a_step_stands_in_the_wave_after_the_last_that_it_waits_for() -> None:
    assert [[each.id for each in wave] for wave in waves_of(REFUND.steps)] == [["read", "pause"], ["draft", "pay"]]


def test_the_tree_shows_waves_agents_reasons_and_cost() -> None:
    chosen = {"read": Choice(CARDS["read_order"], "the only one that gives an order")}
    assert tree(REFUND, CARDS, chosen) == "\n".join(
        [
            "Send the money back",
            "4 steps in 2 waves; for Refund; costs 0.05, each step done once",
            "Wave 1",
            "├─ read: Find the order [read_order, by read_order desk]",
            "│     the only one that gives an order",
            "└─ pause: [wait, by clock]",
            "Wave 2",
            "├─ draft: Write to the customer [write_draft, by write_draft desk]",
            '│     after read, pause; only when pause.until > "2026"; costs 0.05',
            "└─ pay: [refund, by refund desk]",
            "      after read; cannot be taken back; a person approves first",
        ]
    )


@given(
    st.text(max_size=200)
    | st.sampled_from(['"];x-->y', "```", "end", "#quot;", "%%{init}%%", "a\nclick s0 href", "</b>"])
)
def test_no_text_leaves_its_line(text: str) -> None:
    written: dict[str, Any] = plan(step("a", "wait", {"seconds": 1}, intent=text[:500]), step("b", text or "x"))
    assert all(len(line) <= 160 for line in tree(Plan.model_validate(written), CARDS).splitlines())


def test_a_large_plan_is_drawn_in_part_and_says_so() -> None:
    steps = [step(f"s{n}", "wait", {"seconds": 1}, needs=[f"s{k}" for k in range(n)]) for n in range(250)]
    assert "… and 50 more steps" in tree(Plan.model_validate(plan(*steps)), CARDS)
