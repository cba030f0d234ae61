"""The answer to a review printed for other ways to send it: Temporal's command line, and its UI's form."""

import asyncio
import json
import shlex
import shutil
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.contracts import names
from baton.contracts.enquiry import Proposal, Resolution
from baton.contracts.review import Decision
from tests.cli.command_line import run
from tests.workflows.driver import enquiry
from tests.workflows.team import REPLY, Team

SKELETON = Resolution(reply=REPLY.model_copy(update={"body": "Hello,\n\n[to be completed]"}))
UNSURE = Proposal(resolution=SKELETON, unsure=["which boots?"])


async def test_the_printed_signal_line_run_by_a_shell_approves_the_run(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        said = await run("review", one.handle.id, "--as-signal")
        assert said.code == 0
        line = said.out.strip()
        assert line.startswith("temporal workflow signal ")
        assert f"--workflow-id {one.handle.id} --name decide_review" in line
        program = shutil.which("temporal")
        assert program is not None
        process = await asyncio.create_subprocess_shell(line.replace("temporal", shlex.quote(program), 1))
        assert await process.wait() == 0
        assert (await one.result()).outcome == "answered"


async def test_the_json_for_the_form_is_printed_alone_in_lines_and_is_taken(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        said = await run("review", one.handle.id, "--for-ui", "--choice", "reject", "--comment", "it isn't ours")
        assert (said.code, said.err) == (0, "")
        assert said.out.startswith('{\n  "decision_id"')
        decision = Decision.model_validate_json(said.out)
        assert (decision.channel, decision.actor.authenticated_by) == ("Temporal UI", "Temporal UI user")
        await one.handle.signal(names.DECIDE_REVIEW, json.loads(said.out))
        result = await one.result()
        assert (result.outcome, result.summary) == ("rejected", "it isn't ours")


@pytest.mark.parametrize("way", ["--as-signal", "--for-ui"])
async def test_an_unfinished_draft_is_never_printed_as_an_answer(connected: Path, client: Client, way: str) -> None:
    async with enquiry(client, Team(propose_resolution=UNSURE)) as one:
        review = await one.open_review()
        assert review.kind == "hand_over"
        for words, complaint in (
            ((), "cannot simply be approved. Name the answer with --choice: edit, "),
            (("--choice", "approve"), "It offers: edit, "),
            (("--choice", "edit"), "edit needs --value FILE (JSON)"),
            (("--choice", "edit", "--value", json.dumps(review.subject)), "Complete it first."),
            (("--choice", "request_changes"), "request_changes needs --comment"),
            (("--choice", "request_changes", "--comment", "  "), "request_changes needs --comment"),
            (("--choice", "reject", "--value", "{}"), "reject takes no --value"),
        ):
            said = await run("review", one.handle.id, way, *words)
            assert (said.code, said.out) == (1, ""), said
            assert complaint in said.complaint


async def test_a_completed_draft_is_printed_word_for_word(connected: Path, client: Client) -> None:
    async with enquiry(client, Team(propose_resolution=UNSURE)) as one:
        await one.open_review()
        done = SKELETON.model_copy(update={"reply": REPLY}).model_dump(mode="json")
        said = await run("review", one.handle.id, "--for-ui", "--choice", "edit", "--value", json.dumps(done))
        assert json.loads(said.out)["value"] == done


async def test_review_alone_says_that_it_only_shows(connected: Path) -> None:
    for words in (("--choice", "approve"), ("--comment", "shorter"), ("--value", "{}")):
        said = await run("review", "INQ-1", *words)
        assert said.code == 1
        assert "--as-signal or --for-ui" in said.complaint
