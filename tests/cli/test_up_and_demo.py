"""`up` and `demo` as real processes: one enquiry to its end, and nothing left behind however they end."""

import asyncio
import re
import signal
from pathlib import Path

from tests.cli.programs import left, needs_proc, nothing_left, started

pytestmark = needs_proc


async def test_demo_takes_one_enquiry_to_its_end_on_its_own_server(tmp_path: Path) -> None:
    async with started(tmp_path, "demo", "--yes", TEMPORAL_ADDRESS="127.0.0.1:1") as demo:
        assert await demo.ends(90) == 0, demo.said
    assert "TEMPORAL_ADDRESS is set; this command uses its own server" in demo.said
    assert "What would be done" in demo.said
    assert "Done and answered." in demo.said
    assert "as it arrived at the mail server" in demo.said
    assert re.search(r"http://127\.0\.0\.1:\d+/namespaces/default/workflows/enquiry%2FINQ-demo-", demo.said)
    await nothing_left(tmp_path)


async def test_a_demo_stopped_at_its_review_leaves_no_process_and_goes_on_next_time(tmp_path: Path) -> None:
    async with started(tmp_path, "demo") as demo:
        await demo.says("Your answer:")
        demo.process.send_signal(signal.SIGINT)
        assert await demo.ends() == 130
    assert "Nothing is lost" in demo.said
    await nothing_left(tmp_path)
    waiting = re.search(r"INQ-demo-\w+", demo.said)
    assert waiting
    async with started(tmp_path, "demo", "--yes") as again:
        assert await again.ends(90) == 0, again.said
    assert f"An earlier demo run, {waiting[0]}, is still open" in again.said
    assert "Done and answered." in again.said
    await nothing_left(tmp_path)


async def test_what_a_killed_up_left_behind_is_ended_by_the_next_and_ctrl_c_twice_leaves_nothing(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, "up") as first:
        await first.says("Running.")
        await first.says("start goal")
        async with started(tmp_path, "up") as second:
            assert await second.ends() == 0
        assert "Everything is running here already" in second.said
        async with started(tmp_path, "up", "--orders", "demo/shop.json") as third:
            assert await third.ends() == 1
        assert "--orders comes too late" in third.said
        first.process.kill()
        await first.ends()
    assert len(left(tmp_path)) == 3, first.said
    async with started(tmp_path, "up") as after:
        await after.says("Running.")
        assert "A worker process was left from before; it was ended." in after.said
        after.process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.05)
        after.process.send_signal(signal.SIGINT)
        assert await after.ends() == 0
    assert "Traceback" not in after.said
    await nothing_left(tmp_path)


async def test_what_the_demo_shop_sends_is_signed_by_it(tmp_path: Path) -> None:
    """Also when another command hands the enquiry in, which does not run the worker."""
    async with started(tmp_path, "up") as up:
        await up.says("Running.")
        mail = ("--file", "demo/enquiries/return.eml", "--id", "INQ-signed", "--wait")
        async with started(tmp_path, "start", "enquiry", *mail, TEMPORAL_SERVER="embedded") as start:
            assert await start.ends() == 0, start.said
        async with started(tmp_path, "review", "INQ-signed", TEMPORAL_SERVER="embedded") as review:
            assert await review.ends() == 0, review.said
        assert "Veld & Vuur, customer service" in review.said
        assert "uv run starter.py review INQ-signed" in start.said
        up.process.send_signal(signal.SIGINT)
        assert await up.ends() == 0
