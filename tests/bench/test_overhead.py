"""The bench is run by hand; here only that it runs, and that both sides do the same work."""

from bench.instruments.figures import p95, ratio
from bench.overhead import A, B, measure


def test_ratios_are_taken_block_by_block() -> None:
    found = ratio([110, 1200, 130], [100, 1000, 100])
    assert (found.median, found.lowest, found.highest) == (1.2, 1.1, 1.3)


def test_of_a_hundred_values_five_lie_above_the_95th_percentile() -> None:
    assert p95(range(1, 101)) == 95
    assert p95([7]) == 7


async def test_both_sides_do_the_same_steps_and_the_same_writes() -> None:
    found = await measure(1, 1, 2, 1, whole=False)
    by_hand, with_baton = found.alone[A].left, found.alone[B].left
    assert by_hand.kinds["activity_task_completed"] == with_baton.kinds["activity_task_completed"] == 7
    assert by_hand.kinds["workflow_execution_signaled"] == with_baton.kinds["workflow_execution_signaled"] == 1
    assert set(found.bursts) == {A, B}
