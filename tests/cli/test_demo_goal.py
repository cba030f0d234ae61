"""`demo --goal` as a real process: fans out, falls back, asks once, answers; and leaves nothing behind."""

from pathlib import Path

from tests.cli.programs import needs_proc, nothing_left, started

pytestmark = needs_proc


async def test_the_demo_of_a_goal_fans_out_falls_back_asks_once_and_answers(tmp_path: Path) -> None:
    async with started(tmp_path, "demo", "--goal", "--yes") as demo:
        assert await demo.ends(90) == 0, demo.said
    assert "for each of" in demo.said
    assert "if it fails: recall_order (CRM (old copy))" in demo.said
    assert demo.said.count("--yes answers: approve") == 1
    assert "fell back: CRM (old copy)" in demo.said
    assert "The goal is reached." in demo.said
    answer = demo.said.partition("The answer\n")[2]
    assert "3 orders cost 3095.0 ZAR  ← total_orders" in answer
    assert "The mail was sent  ← send_mail" in answer
    assert answer.index("← total_orders") < answer.index("← get_order")
    await nothing_left(tmp_path)


async def test_a_goal_without_its_option_is_refused_before_anything_starts(tmp_path: Path) -> None:
    async with started(tmp_path, "demo", "Show order W1042207") as demo:
        assert await demo.ends() == 1
    assert "Give a goal with --goal" in demo.said
    await nothing_left(tmp_path)
