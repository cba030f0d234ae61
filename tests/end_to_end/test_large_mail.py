"""A mail with a photograph of ten megabytes, from the file to the answer at the mail server."""

import os
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from baton.cli.shapes import Started
from baton.contracts import names
from baton.temporal.embedded import ServerAddress
from tests.cli.command_line import run

from .office import ROOT, office

PHOTOGRAPH = 10_000_000


def with_a_photograph(mail: Path, place: Path) -> Path:
    """The same mail with ten megabytes attached."""
    plain = message_from_bytes(mail.read_bytes(), policy=SMTP)
    built = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Subject", "Message-ID", "Date"):
        if name in plain:
            built[name] = plain[name]
    built.set_content(plain.get_content())
    built.add_attachment(os.urandom(PHOTOGRAPH), maintype="image", subtype="jpeg", filename="my order.jpg")
    file = place / "large.eml"
    file.write_bytes(built.as_bytes())
    return file


async def test_a_mail_with_ten_megabytes_attached_is_answered_like_any_other(
    client: Client, server: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = with_a_photograph(ROOT / "demo" / "enquiries" / "exchange.eml", tmp_path)
    assert mail.stat().st_size > 13_000_000  # as base64
    async with office(client, tmp_path) as shop:
        for name, value in (
            ("TEMPORAL_ADDRESS", server.host_port),
            ("TASK_QUEUE", shop.settings.task_queue),
            ("STATE_DIR", str(shop.settings.state_dir)),
        ):
            monkeypatch.setenv(name, value)
        said = await run("start", "enquiry", "--file", str(mail), "--json")
        assert said.code == 0, said.err
        started = Started.model_validate_json(said.out)
        handle: Any = client.get_workflow_handle(names.workflow_id(started.enquiry_id))
        review = await shop.review(handle)
        assert "my order.jpg, 10000000 bytes" in (await run("review", started.enquiry_id)).out
        await shop.decide(handle, review, "approve")
        result = await handle.result()
        assert result["outcome"] == "answered"
        assert [each["message_id"] for each in await shop.mails()] == [result["reply_message_id"]]
        size = (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes
    assert size < 500_000
