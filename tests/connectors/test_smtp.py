"""Mail over a real SMTP server: what goes out, and which fault each failure is."""

import asyncio
from typing import Any

import httpx
import pytest

from baton.connectors.smtp_mail import SmtpMailbox
from baton.connectors.smtp_text import as_data
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Misconfigured, OutcomeUnknown, Rejected, SystemFault, Unavailable, Unexpected
from baton.temporal.heartbeats import Overtaken
from demo.servers import DemoSystems
from tests.activities.attempts import overtaken

from .conftest import mail_options, switch_on

MAIL = OutgoingMail(to="thandi.nkosi@posbus.example", subject="Your boots", body="Hello Thandi\n\nDone.\n")


def delivered(systems: DemoSystems) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{systems.mail_url}/messages").json()
    return found


async def test_a_mail_arrives_word_for_word_and_threaded(systems: DemoSystems, mailbox: SmtpMailbox) -> None:
    body = (
        "Môre Thandi, R 1 299,00 — “goed”\n.a line with a dot\n..\n"
        + "long " * 400
        + "\n\ttab, trailing space \n\nEnd\n"
    )
    mail = OutgoingMail(
        to=MAIL.to,
        subject="Re: Jou stewels — " + "’n lang onderwerp " * 8,
        body=body,
        in_reply_to="<q2@posbus.example>",
        references=["<q1@posbus.example>", "<q2@posbus.example>"],
    )

    sent = await mailbox.send(mail, key="INQ-1/reply/1/1")

    [shown] = delivered(systems)
    assert shown["text"] == body
    assert shown["subject"] == mail.subject.strip()
    assert shown["message_id"] == sent.message_id
    assert (shown["in_reply_to"], shown["references"]) == (mail.in_reply_to, mail.references)
    assert shown["envelope_to"] == [mail.to]
    assert shown["headers"]["From"] == "Veld <care@veld.example>"


async def test_an_attempt_that_nobody_counts_on_does_not_end_its_mail(
    systems: DemoSystems, mailbox: SmtpMailbox
) -> None:
    with overtaken(), pytest.raises(Overtaken, match="stood still"):
        await mailbox.send(MAIL, key="k1")
    assert delivered(systems) == []
    assert not (await mailbox.send(MAIL, key="k1")).replayed


async def test_the_message_id_follows_from_the_key_alone(systems: DemoSystems) -> None:
    one, other = (SmtpMailbox(mail_options(systems, sent_url="")) for _ in range(2))

    ids = [(await box.send(MAIL, key=key)).message_id for box, key in ((one, "k1"), (other, "k1"), (one, "k2"))]

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@veld.example>")
    assert len(delivered(systems)) == 3


async def test_where_the_mail_system_can_tell_a_mail_goes_out_once_per_key(
    systems: DemoSystems, mailbox: SmtpMailbox
) -> None:
    first = await mailbox.send(MAIL, key="k")
    again = await mailbox.send(MAIL, key="k")

    assert (first.replayed, again.replayed, again.message_id) == (False, True, first.message_id)
    assert len(delivered(systems)) == 1
    assert await mailbox.find_sent("other") is None


async def test_a_mailbox_that_cannot_tell_says_so(systems: DemoSystems) -> None:
    with pytest.raises(Rejected, match="sent_url"):
        await SmtpMailbox(mail_options(systems, sent_url="")).find_sent("k")


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("code", "fault"),
    [(421, Unavailable), (451, Unavailable), (530, Misconfigured), (550, Rejected), (554, Rejected)],
)
async def test_a_refusal_at_any_stage_is_its_fault_and_nothing_is_sent(
    systems: DemoSystems, mailbox: SmtpMailbox, stage: str, code: int, fault: type[SystemFault]
) -> None:
    switch_on(systems.mail_url, kind="fail", status=code, stage=stage)

    with pytest.raises(fault) as met:
        await mailbox.send(MAIL, key="k")

    assert str(code) in str(met.value)
    assert "thandi" not in str(met.value).lower()
    assert delivered(systems) == []


async def test_a_connection_cut_after_the_text_left_is_of_unknown_outcome_and_found_by_its_key(
    systems: DemoSystems, mailbox: SmtpMailbox
) -> None:
    switch_on(systems.mail_url, kind="cut_after")

    with pytest.raises(OutcomeUnknown):
        await mailbox.send(MAIL, key="k")

    assert (await mailbox.find_sent("k")) is not None
    assert (await mailbox.send(MAIL, key="k")).replayed
    assert len(delivered(systems)) == 1


async def test_no_word_in_time_after_the_text_left_is_of_unknown_outcome(systems: DemoSystems) -> None:
    mailbox = SmtpMailbox(mail_options(systems, timeout="0.3"))
    switch_on(systems.mail_url, kind="slow", seconds=3)

    with pytest.raises(OutcomeUnknown):
        await mailbox.send(MAIL, key="k")
    await mailbox.aclose()


async def test_a_server_that_refuses_connections_is_unavailable(systems: DemoSystems, mailbox: SmtpMailbox) -> None:
    switch_on(systems.mail_url, kind="down")

    with pytest.raises(Unavailable):
        await mailbox.send(MAIL, key="k")
    assert not (await mailbox.health()).ok


async def conversation(*replies: str) -> tuple[asyncio.Server, int]:
    """A server that greets, answers each line with the next reply, then drops the connection ('' is silence)."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            if not reply:
                await reader.read()
                break
            writer.write(f"{reply}\r\n".encode())
            if not await reader.readline():
                break
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


GREETING, OK = "220 shop.example", "250 OK"


@pytest.mark.parametrize(
    ("replies", "fault"),
    [
        ([""], Unavailable),
        ([], Unavailable),
        (["421 busy"], Unavailable),
        (["554 no"], Rejected),
        ([GREETING], Unavailable),
        ([GREETING, OK], Unavailable),
        ([GREETING, OK, OK], Unavailable),
        ([GREETING, OK, OK, OK], Unavailable),
        ([GREETING, OK, OK, OK, "354 go"], OutcomeUnknown),
        ([GREETING, OK, OK, OK, "451 later"], Unavailable),
        ([GREETING, OK, OK, OK, "garbage"], Unexpected),
        ([GREETING, OK, OK, "garbage"], Unexpected),
        (["HTTP/1.1 400 Bad Request"], Unexpected),
    ],
)
async def test_where_the_connection_breaks_decides_the_fault(replies: list[str], fault: type[SystemFault]) -> None:
    server, port = await conversation(*replies)
    options = {"host": "127.0.0.1", "port": str(port), "from_address": "care@veld.example", "timeout": "0.5"}

    with pytest.raises(SystemFault) as met:
        await SmtpMailbox(options).send(MAIL, key="k")

    assert met.type is fault
    server.close()


@pytest.mark.parametrize(
    "mail",
    [
        MAIL.model_copy(update={"subject": "Hi\r\nBcc: all@shop.example"}),
        MAIL.model_copy(update={"subject": "Hi\u2028Bcc: all@shop.example"}),
        MAIL.model_copy(update={"to": "a@b.example\r\nBcc: all@shop.example"}),
        MAIL.model_copy(update={"to": "a@b.example, all@shop.example"}),
        MAIL.model_copy(update={"to": "nobody"}),
        MAIL.model_copy(update={"to": "<a@b.example> SIZE=1"}),
        MAIL.model_copy(update={"in_reply_to": "<a@b>\nBcc: all@shop.example"}),
        MAIL.model_copy(update={"references": ["<a@b>", "<c@d>\r\n\r\nAnother text"]}),
    ],
)
async def test_what_would_break_out_of_a_header_is_refused(
    systems: DemoSystems, mailbox: SmtpMailbox, mail: OutgoingMail
) -> None:
    with pytest.raises(Rejected):
        await mailbox.send(mail, key="k")
    assert delivered(systems) == []


async def test_a_thread_id_that_is_none_is_left_out_and_the_mail_still_goes(
    systems: DemoSystems, mailbox: SmtpMailbox
) -> None:
    mail = MAIL.model_copy(update={"in_reply_to": "no brackets@x", "references": ["bare@x.example", "é@x"]})

    await mailbox.send(mail, key="k")

    assert (delivered(systems)[0]["in_reply_to"], delivered(systems)[0]["references"]) == (None, ["<bare@x.example>"])


async def test_a_very_long_thread_keeps_its_first_and_last_messages(systems: DemoSystems, mailbox: SmtpMailbox) -> None:
    thread = [f"<{'x' * 90}{number}@posbus.example>" for number in range(60)]

    await mailbox.send(MAIL.model_copy(update={"references": thread, "in_reply_to": thread[-1]}), key="k")

    kept = delivered(systems)[0]["references"]
    assert (kept[0], kept[-1], len(kept)) == (thread[0], thread[-1], 25)


def test_lines_that_start_with_a_dot_are_doubled() -> None:
    assert as_data(b".\n..a\r\nb\rc") == b"..\r\n...a\r\nb\r\nc\r\n"


async def test_encryption_that_is_required_and_not_offered_stops_the_mail(systems: DemoSystems) -> None:
    mailbox = SmtpMailbox(mail_options(systems, starttls="required"))

    with pytest.raises(Misconfigured, match="starttls"):
        await mailbox.send(MAIL, key="k")
    await mailbox.aclose()


async def test_credentials_that_the_server_does_not_take_are_misconfigured() -> None:
    server, port = await conversation(GREETING, "250-shop.example\r\n250 AUTH PLAIN", "535 5.7.8 no")
    options = {"host": "127.0.0.1", "port": str(port), "from_address": "care@veld.example", "username": "u"}

    with pytest.raises(Misconfigured) as met:
        await SmtpMailbox(options | {"password": "s3cret"}).send(MAIL, key="k")

    assert "s3cret" not in str(met.value)
    server.close()
