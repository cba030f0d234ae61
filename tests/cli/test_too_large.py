"""What is larger than a run takes is refused before it is sent, in one line that says how large it may be."""

import json
import os
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.archive import Archive
from baton.cli.messages import from_file
from baton.cli.problems import Problem
from baton.cli.runs import open_runs
from baton.cli.up import forget_what_temporal_forgot
from baton.contracts.enquiry import CheckOrder
from baton.contracts.orders import Order
from baton.contracts.record import RunRecord
from baton.contracts.sizes import MOST_MESSAGE
from baton.settings import load_settings
from baton.temporal.large_values import DIRECTORY, directory_of
from tests.cli.command_line import run
from tests.workflows.driver import enquiry
from tests.workflows.team import FOUND, NOBODY, ORDER, PROPOSAL, Team

A_WHILE_S = 60
"""Each took longer once, some of them minutes: far more than it takes now, also beside other work."""


def mail(body: bytes, *headers: bytes, kind: bytes = b"text/plain") -> bytes:
    """A mail with this body."""
    first = [b"From: t@mail.example", b"Subject: hi", b"Content-Type: " + kind + b"; charset=utf-8"]
    return b"\n".join([*first, *headers]) + b"\n\n" + body


def with_an_attachment(size: int) -> bytes:
    """A mail with so many bytes attached."""
    built = EmailMessage(policy=SMTP)
    built["From"] = "t@mail.example"
    built.set_content("Please cancel #1")
    built.add_attachment(b"\x00\xff" * (size // 2), maintype="image", subtype="jpeg", filename="photo.jpg")
    return built.as_bytes()


NESTED = b"".join(b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (depth, depth) for depth in range(2_000))
LARGE_MAILS = {
    "words without end": (mail(b"hello world\n" * 1_000_000), "too large"),
    "digits without end": (mail(b"1234 5678 9012 3456 " * 300_000), "too large"),
    "HTML in many pieces": (mail(b"<p>" + b"<span>word</span> " * 400_000, kind=b"text/html"), "too large"),
    "HTML in many blocks": (mail(b"<p>word</p> " * 1_000_000, kind=b"text/html"), "too large"),
    "a header without end": (mail(b"hi", b"References: " + b"<a@b.example>\n " * 300_000), "too large"),
    "a subject without end": (b"From: a@b.example\nSubject: " + b"word " * 400_000 + b"\n\nhi", "too large"),
    "parts in parts": (b"From: a@b.example\n" + NESTED, "too deep in one another"),
}


@pytest.mark.parametrize("name", LARGE_MAILS)
def test_a_mail_that_is_too_large_is_refused_in_good_time(tmp_path: Path, name: str) -> None:
    raw, words = LARGE_MAILS[name]
    file = tmp_path / "large.eml"
    file.write_bytes(raw)
    began = time.monotonic()
    with pytest.raises(Problem, match=words):
        from_file(str(file))
    assert time.monotonic() - began < A_WHILE_S


@pytest.mark.parametrize(
    ("name", "raw"), [("a.txt", b"a" * 30_000_000), ("a.json", b'{"text": "' + b"1 " * 15_000_000 + b'"}')]
)
def test_so_is_a_file_of_any_other_kind(tmp_path: Path, name: str, raw: bytes) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(Problem, match=f"a message may have {MOST_MESSAGE // 1000} KB beside its attachments"):
        from_file(str(tmp_path / name))


def test_ten_megabytes_attached_are_measured_and_left_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(with_an_attachment(10_000_000))
    message = from_file(str(tmp_path / "a.eml")).message
    assert [(each.filename, each.size_bytes) for each in message.attachments] == [("photo.jpg", 10_000_000)]
    assert len(message.model_dump_json()) < 1_000


def test_a_page_of_style_and_hidden_words_is_no_long_message(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(b"<style>" + b"a{b:c} " * 500_000 + b"</style><p>hi", kind=b"text/html"))
    assert from_file(str(tmp_path / "a.eml")).message.text == "hi"


async def test_a_reply_that_is_too_long_is_not_sent(connected: Path, client: Client, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("word " * 5_000)
    (tmp_path / "many.eml").write_bytes(mail(b"hi", b"References: " + b"<a@b.example>\n " * 12_000))
    team = Team(find_customer=lambda handed: FOUND if handed["replies"] else NOBODY)
    async with enquiry(client, team) as one:
        await one.decide("approve")
        await one.asked_the_customer()
        said = await run("reply", one.handle.id, "--file", str(tmp_path / "long.txt"))
        assert (said.code, said.complaint.split(":")[0]) == (1, "The reply is too long")
        said = await run("reply", one.handle.id, "--file", str(tmp_path / "many.eml"))
        assert (said.code, "131 KB are taken" in said.complaint) == (1, True)
        assert (await run("reply", one.handle.id, "--text", "It is me, Thandi")).code == 0
        record = await one.record()
        assert (len(record.replies), record.refused_count) == (1, 0)
        await one.review_of("resolution")
        await one.decide("reject")
        await one.result()


async def test_an_answer_that_is_too_large_is_not_sent(connected: Path, client: Client, tmp_path: Path) -> None:
    reply = PROPOSAL.resolution.model_dump(mode="json")
    reply["reply"]["body"] = "word " * 27_000
    (tmp_path / "answer.json").write_text(json.dumps(reply, indent=2))
    async with enquiry(client) as one:
        await one.open_review()
        await run("review", one.handle.id)
        said = await run("edit", one.handle.id, "--value", str(tmp_path / "answer.json"))
        assert (said.code, "an answer may have 131 KB" in said.complaint) == (1, True)
        assert (await one.record()).refused_count == 0
        await one.decide("reject")
        await one.result()


async def test_what_an_answer_leaves_out_is_told_from_the_archive(connected: Path, client: Client) -> None:
    def heavy(handed: dict[str, object]) -> Order:
        given = CheckOrder.model_validate(handed)
        item = ORDER.items[0].model_copy(update={"name": "x" * 700_000})
        return ORDER.model_copy(update={"order_id": given.order_id, "items": [item]})

    async with enquiry(client, Team(check_orders=heavy)) as one:
        await one.open_review()
        told = RunRecord.model_validate_json((await run("record", one.handle.id, "--json")).out)
        assert [fact.name for fact in told.facts if fact.left_out] == ["check_orders/#1"]
        await one.decide("reject")
        await one.result()
        whole = (await one.record()).model_copy(update={"facts": []})
        Archive(load_settings().state_dir).keep(whole)
        kept = RunRecord.model_validate_json((await run("record", one.handle.id, "--json")).out)
        assert kept.facts == []


async def test_up_deletes_the_large_values_of_runs_that_temporal_has_forgotten(connected: Path, client: Client) -> None:
    runs = await open_runs(load_settings())
    async with enquiry(client) as one:
        values = runs.settings.state_dir / DIRECTORY
        old, young, known = (values / directory_of(name) for name in ("enquiry/OLD", "enquiry/YOUNG", one.handle.id))
        long_ago = time.time() - (runs.settings.retention_days + 1) * 86_400
        for place in (old, young, known):
            place.mkdir(parents=True)
            if place is not young:
                os.utime(place, (long_ago, long_ago))
        await forget_what_temporal_forgot(runs)
        assert sorted(values.iterdir()) == sorted([young, known])
        await one.decide("reject")
        await one.result()


async def test_up_minds_nothing_where_there_are_none(connected: Path) -> None:
    await forget_what_temporal_forgot(await open_runs(load_settings()))
