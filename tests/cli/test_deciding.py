"""A decision at the command line: sent as a signal, followed until it is known what became of it."""

import json
import time
from pathlib import Path
from typing import Any

from temporalio.client import Client

from baton.contracts.enquiry import ActionResult
from tests.cli.command_line import run
from tests.workflows.driver import enquiry, eventually
from tests.workflows.gated import Gated
from tests.workflows.team import Team


def out_of_order(handed: dict[str, Any]) -> ActionResult:
    """The order system fails for good."""
    raise RuntimeError("out of order")


async def test_an_approval_is_accepted_and_carried_out(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        await run("review", one.handle.id)
        enquiry_id = one.handle.id.removeprefix("enquiry/")
        said = await run("approve", enquiry_id)
        assert (said.code, said.err) == (0, "")
        assert "Accepted" in said.out
        assert (await one.result()).outcome == "answered"
        decision = (await one.record()).reviews[0].decision
        assert decision is not None
        assert (decision.actor.id, decision.actor.authenticated_by) == ("nomsa", "command line user")
        assert decision.channel == "command line"


async def test_the_id_may_be_given_as_the_temporal_ui_shows_it(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        await run("review", one.handle.id)
        assert (await run("reject", one.handle.id, "--comment", "a duplicate")).code == 0
        result = await one.result()
        assert (result.outcome, result.summary) == ("rejected", "a duplicate")


async def test_a_second_answer_is_refused_and_a_repeat_of_the_first_is_not(connected: Path, client: Client) -> None:
    async with enquiry(client, Team(cancel_order=out_of_order)) as one:
        await one.open_review()
        await run("review", one.handle.id)
        assert (await run("approve", one.handle.id)).code == 0
        await one.review_of("failure")
        again = await run("approve", one.handle.id, "--review", "resolution")
        assert again.code == 1
        assert "decided by nomsa already" in again.complaint


async def test_what_the_review_does_not_offer_is_refused_with_what_it_offers(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        await run("review", one.handle.id)
        said = await run("decide", one.handle.id, "postpone")
        assert said.code == 1
        assert "approve, edit, request_changes, reject" in said.complaint
        assert (await run("request-changes", one.handle.id)).code == 1
        assert (await run("approve", one.handle.id, "--review", "other")).code == 1


async def test_a_value_that_does_not_fit_is_refused_with_the_reason(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        await run("review", one.handle.id)
        said = await run("edit", one.handle.id, "--value", '{"actions": "none"}')
        assert said.code == 1
        assert said.complaint.startswith("Refused: the value does not fit")
        assert (await run("edit", one.handle.id, "--value", "not-there.json")).code == 1
        assert (await one.status()).waiting.what == "review"


async def test_an_edit_that_changes_nothing_is_not_sent(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        review = await one.open_review()
        await run("review", one.handle.id)
        said = await run("edit", one.handle.id, "--value", json.dumps(review.subject))
        assert said.code == 1
        assert "changes nothing" in said.complaint
        assert (await one.status()).waiting.what == "review"


async def test_an_edit_from_a_file_goes_out_word_for_word(connected: Path, client: Client) -> None:
    team = Team()
    async with enquiry(client, team) as one:
        review = await one.open_review()
        await run("review", one.handle.id)
        assert isinstance(review.subject, dict)
        subject = json.loads(json.dumps(review.subject))
        subject["reply"]["body"] = "Another text."
        file = connected / "answer.json"
        file.write_text(json.dumps(subject))
        assert (await run("edit", one.handle.id, "--value", str(file))).code == 0
        await one.result()
        assert team.asked("send_reply")[0]["subject"]["reply"]["body"] == "Another text."


async def test_with_no_worker_the_answer_is_kept_and_a_repeat_is_harmless(connected: Path, client: Client) -> None:
    """Between reading the review and sending the answer the worker goes: nothing may be lost or done twice."""
    from baton.cli.deciding import decision_for, send  # noqa: PLC0415
    from baton.cli.runs import open_runs  # noqa: PLC0415
    from baton.settings import load_settings  # noqa: PLC0415
    from tests.workflows.driver import worker_for  # noqa: PLC0415

    async with enquiry(client, working=False) as one:
        enquiry_id = one.handle.id.removeprefix("enquiry/")
        async with worker_for(client, one.team, one.queue):
            review = await one.open_review()
        runs = await open_runs(load_settings(None))
        decision = decision_for(enquiry_id, review, "approve")
        assert decision.decision_id == decision_for(enquiry_id, review, "approve").decision_id
        assert (await send(runs, enquiry_id, decision)).status == "not_yet_taken"
        never_seen = await run("approve", enquiry_id)
        assert never_seen.code == 3
        assert never_seen.complaint.startswith("Nothing was sent: no worker is answering")
        async with worker_for(client, one.team, one.queue):
            assert (await send(runs, enquiry_id, decision)).status == "accepted"
            await one.result()
        assert one.team.steps.count("cancel_order") == 1


async def test_an_answer_to_what_was_seen_is_delivered_without_a_worker(connected: Path, client: Client) -> None:
    """The worker goes between looking and answering: the answer is kept, twice given it counts once."""
    from tests.workflows.driver import worker_for  # noqa: PLC0415

    async with enquiry(client, working=False) as one:
        enquiry_id = one.handle.id.removeprefix("enquiry/")
        async with worker_for(client, one.team, one.queue):
            await one.open_review()
            assert (await run("review", enquiry_id)).code == 0
        kept = (connected / "state" / "seen" / f"{enquiry_id}.json").read_text()
        assert "Boots" not in kept
        assert '"body":' not in kept.split('"choices"')[0]
        assert (await run("decide", enquiry_id, "postpone")).complaint.startswith("This review cannot be answered by")
        assert (await run("edit", enquiry_id)).complaint.startswith("Nothing was sent: no worker shows the review")
        assert (await run("approve", enquiry_id, "--review", "other")).complaint.startswith("Nothing was sent")
        for _ in range(2):
            began = time.monotonic()
            said = await run("approve", enquiry_id)
            assert said.code == 3
            assert said.complaint.startswith("Delivered, not yet taken")
            assert time.monotonic() - began < 10
        async with worker_for(client, one.team, one.queue):
            assert (await one.result()).outcome == "answered"
        assert one.team.steps.count("cancel_order") == 1


async def test_only_what_was_looked_at_is_answered(connected: Path, client: Client) -> None:
    async with enquiry(client) as one:
        await one.open_review()
        assert (await run("inbox")).code == 0
        unseen = await run("approve", one.handle.id)
        assert (unseen.code, "Look first" in unseen.complaint) == (1, True)
        assert (await run("review", one.handle.id)).code == 0
        await one.decide("request_changes", comment="kinder")
        await one.revision(2)
        changed = await run("approve", one.handle.id)
        assert (changed.code, "it changed since you looked (revision 1, now 2)" in changed.complaint) == (1, True)
        assert (await run("approve", one.handle.id, "--revision", "1")).code == 1
        assert "cancel_order" not in one.team.steps
        assert (await run("approve", one.handle.id, "--revision", "2")).code == 0
        assert (await one.result()).outcome == "answered"


async def test_the_customers_answer_is_handed_in_and_taken(connected: Path, client: Client) -> None:
    from tests.workflows.team import NOBODY  # noqa: PLC0415

    async with enquiry(client, Team(find_customer=NOBODY, find_customer_in_crm=NOBODY)) as one:
        await one.open_review()
        await run("review", one.handle.id)
        assert (await run("approve", one.handle.id)).code == 0
        await one.asked_the_customer()
        said = await run("reply", one.handle.id, "--text", "I am Thandi, order #1")
        assert (said.code, said.err) == (0, "")

        async def taken() -> bool | None:
            return any(entry.kind == "replied" for entry in (await one.record()).record) or None

        assert await eventually(taken)


async def test_a_reply_to_an_enquiry_that_is_closing_is_told_as_refused(connected: Path, client: Client) -> None:
    team = Gated(lambda step, _: step == "log_outcome")
    async with enquiry(client, team, attempt_s=60) as one:
        await one.decide("approve")
        await team.reached.wait()
        said = await run("reply", one.handle.id, "--text", "STOP, please do NOT cancel it")
        team.gate.set()
        await one.result()
    assert (said.code, said.complaint.partition(" has not taken it: ")[2].strip()) == (
        1,
        "the enquiry is closing: hand the message in as an enquiry of its own.",
    )
