"""What a person or a program reads: the same with and without a worker, as far as the server knows."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, NoReturn

import pytest
from temporalio.client import Client

from baton.archive import Archive
from baton.cli.runs import open_runs
from baton.cli.shapes import Inbox, RunList, Started
from baton.contracts.record import RunRecord, RunStatus
from baton.settings import load_settings
from tests.cli.command_line import run
from tests.workflows.driver import enquiry, eventually, worker_for
from tests.workflows.team import Team


async def test_status_review_and_record_are_told_to_people_and_to_programs(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        enquiry_id = one.handle.id.removeprefix("enquiry/")
        assert RunStatus.model_validate_json((await run("status", enquiry_id, "--json")).out).enquiry_id == enquiry_id
        assert RunRecord.model_validate_json((await run("record", enquiry_id, "--json")).out).enquiry_id == enquiry_id
        reviews = json.loads((await run("review", enquiry_id, "--json")).out)["reviews"]
        assert [each["status"] for each in reviews] == ["open"]
        shown = (await run("review", enquiry_id)).out
        assert "It is cancelled." in shown
        assert f"uv run starter.py approve {enquiry_id}" in shown
        assert "Waiting for a review" in (await run("status", enquiry_id)).out
        for words in (("review",), ("status",), ("record",)):
            said = await run(*words, enquiry_id)
            assert max(len(line) for line in said.out.splitlines() if "http" not in line) <= 100


async def test_a_record_says_how_long_it_took_once_that_is_known(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        waiting = (await run("record", one.handle.id)).out.splitlines()[0]
        assert re.search(r"2026 \d\d:\d\d · \d+ facts$", waiting), waiting
        await one.decide("approve")
        await one.result()
        ended = (await run("record", one.handle.id)).out.splitlines()[0]
        assert re.search(r" · \d+\.\d s · \d+ facts$", ended), ended


async def test_without_a_worker_lists_and_status_show_what_the_server_knows(connected: Path, client: Client) -> None:
    said = await run("start", "enquiry", "--text", "Cancel #1 please", "--from", "t@mail.example", "--json")
    started = Started.model_validate_json(said.out)
    assert started.ui.endswith(f"workflows/enquiry%2F{started.enquiry_id}")

    async def listed() -> bool | None:
        runs = RunList.model_validate_json((await run("list", "--json")).out).runs
        return started.enquiry_id in [each.enquiry_id for each in runs] or None

    assert await eventually(listed)
    status = await run("status", started.enquiry_id)
    assert status.code == 0
    assert "No worker is answering" in status.err
    assert started.enquiry_id in status.out
    for words, code in ((("record", started.enquiry_id), 3), (("review", started.enquiry_id), 3)):
        refused = await run(*words)
        assert (refused.code, "No worker is answering" in refused.complaint) == (code, True)
    await client.get_workflow_handle(started.workflow_id).terminate()


async def test_the_inbox_lists_what_waits_and_needs_no_worker_for_it(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TASK_QUEUE", "inbox-queue")
    said = await run("start", "enquiry", "--text", "Cancel #1 please", "--from", "t@mail.example", "--json")
    started = Started.model_validate_json(said.out)
    async with worker_for(client, Team(), "inbox-queue"):

        async def waiting() -> bool | None:
            inbox = Inbox.model_validate_json((await run("inbox", "--json")).out)
            mine = [each for each in inbox.waiting if each.enquiry_id == started.enquiry_id]
            return (bool(mine) and inbox.worker_answers and bool(mine[0].reviews)) or None

        assert await eventually(waiting)
    said = await run("inbox")
    assert said.code == 0
    assert started.enquiry_id in said.out
    assert "No worker is answering" in said.err
    await client.get_workflow_handle(started.workflow_id).terminate()


async def test_a_record_that_temporal_forgot_comes_from_the_archive(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.decide("approve")
        await one.result()
        record = await one.record()
    forgotten = record.model_copy(update={"enquiry_id": "INQ-long-ago"})
    Archive(connected / "state").keep(forgotten)
    said = await run("record", "INQ-long-ago", "--json")
    assert said.code == 0
    assert RunRecord.model_validate_json(said.out) == forgotten
    status = await run("status", "INQ-long-ago")
    assert (status.code, "record INQ-long-ago" in status.complaint) == (1, True)


async def test_an_id_runs_once_also_after_temporal_forgot_it(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.decide("reject")
        await one.result()
        record = await one.record()
        enquiry_id = record.enquiry_id
        said = await run("start", "enquiry", "--text", "again", "--id", enquiry_id)
        assert (said.code, f"record {enquiry_id}" in said.complaint) == (4, True)
    Archive(connected / "state").keep(record.model_copy(update={"enquiry_id": "INQ-long-ago"}))
    said = await run("start", "enquiry", "--text", "again", "--id", "INQ-long-ago")
    assert (said.code, "record INQ-long-ago" in said.complaint) == (4, True)
    handled = await run("start", "enquiry", "--text", "again", "--id", "INQ-long-ago", "--again")
    assert (handled.code, "INQ-long-ago.2" in handled.out) == (0, True)
    running = await run("start", "enquiry", "--text", "again", "--id", "INQ-long-ago", "--again")
    assert (running.code, "running already" in running.complaint) == (4, True)
    await client.get_workflow_handle("enquiry/INQ-long-ago.2").terminate()


async def test_cancelling_ends_a_run_that_waits(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        said = await run("cancel", one.handle.id)
        assert (said.code, said.err) == (0, "")
        again = await run("cancel", one.handle.id)
        assert (again.code, "has ended already" in again.complaint) == (1, True)


async def test_watching_in_a_pipe_prints_a_line_a_step_until_the_end(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        watching = asyncio.create_task(run("watch", one.handle.id))
        await one.decide("approve")
        said = await watching
        assert said.code == 0
        assert "Read the enquiry" in said.out
        assert "Done and answered." in said.out


async def test_a_step_that_is_tried_again_says_which_attempt_and_why(connected: Path, client: Client) -> None:
    """Else a step that fails for an hour looks like one that is slow."""

    def down(_: dict[str, Any]) -> NoReturn:
        raise RuntimeError("order system unavailable")

    async with enquiry(client, Team(find_customer=down), attempts=14) as one:
        runs = await open_runs(load_settings(None))
        line = re.compile(r"… Find the customer · attempt \d+(, next in \d+ s)?: order system unavailable")

        async def attempt(number: int) -> None:
            async def look() -> bool | None:
                found = await runs.retries(one.handle.id.removeprefix("enquiry/"))
                return any(each.attempt >= number for each in found) or None

            await eventually(look)

        await attempt(9)
        assert line.search((await run("status", one.handle.id)).out)
        watching = asyncio.create_task(run("watch", one.handle.id))
        await attempt(11)
        await one.handle.cancel()
        assert line.search((await watching).out)


async def test_a_review_shows_what_the_customer_wrote(connected: Path, client: Client) -> None:
    text = "Please cancel #1\n" + "\n".join(f"line {number}" for number in range(40))
    async with enquiry(client, text=text) as one:
        await one.open_review()
        said = await run("review", one.handle.id)
        assert said.code == 0
        assert said.out.index("Please cancel #1") < said.out.index("What would be done")
        assert "23 more lines: uv run starter.py review INQ-" in said.out
        await one.reply("And #2 as well")
        await one.revision(2)
        said = await run("review", one.handle.id, "--full")
        assert "line 39" in said.out
        assert "And #2 as well" in said.out


async def test_watch_json_prints_a_line_at_each_change(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        watching = asyncio.create_task(run("watch", one.handle.id, "--json"))
        await one.decide("approve")
        lines = [RunStatus.model_validate_json(line) for line in (await watching).out.splitlines()]
        assert lines[-1].result is not None
        assert len({line.model_dump_json() for line in lines}) == len(lines)


async def test_the_inbox_shows_what_waits_on_a_server_without_our_search_attributes(
    connected: Path, client: Client
) -> None:
    """These runs start without attributes, as on a server that refuses them."""
    async with enquiry(client) as one:
        await one.open_review()
        enquiry_id = one.handle.id.removeprefix("enquiry/")

        async def listed() -> bool | None:
            found = Inbox.model_validate_json((await run("inbox", "--json")).out)
            return (enquiry_id in [each.enquiry_id for each in found.waiting] and found.worker_answers) or None

        assert await eventually(listed)
        await one.decide("reject")
        await one.result()
