"""A mail file becomes one message, whatever the mail program made of it."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton.cli.eml import NotAnEmail, message_from_eml

PLAIN = (
    b"From: Thandi Nkosi <thandi@example.co.za>\r\nTo: shop@example.com\r\nSubject: =?utf-8?q?M=C3=B4re?=\r\n"
    b"Message-ID: <abc@mail.example>\r\nDate: Mon, 23 Nov 2026 09:30:00 +0200\r\nIn-Reply-To: <q1@shop>\r\n"
    b"References: <q0@shop>\r\n <q1@shop>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\nPlease cancel order #1042.\r\nDankie\r\n"
)


def mail(**headers: str) -> bytes:
    lines = [
        "From: a@b.example",
        "Subject: hi",
        *(f"{name.replace('_', '-')}: {text}" for name, text in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\nhello\r\n").encode()


def test_headers_and_text_arrive_as_their_reader_sees_them() -> None:
    message = message_from_eml(PLAIN)
    assert message.text == "Please cancel order #1042.\nDankie"
    assert (message.from_name, message.from_address) == ("Thandi Nkosi", "thandi@example.co.za")
    assert (message.subject, message.message_id) == ("Môre", "<abc@mail.example>")
    assert (message.in_reply_to, message.references) == ("<q1@shop>", ["<q0@shop>", "<q1@shop>"])
    assert message.received_at is not None
    assert message.received_at.isoformat() == "2026-11-23T09:30:00+02:00"
    assert message.automatic is None


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Auto_Submitted", "auto-replied (vacation)"),
        ("Precedence", "bulk"),
        ("Precedence", "Junk"),
        ("List_Id", "<deals.example.com>"),
        ("List_Unsubscribe", "<mailto:off@example.com>"),
        ("X_Autoreply", "yes"),
        ("Return_Path", "<>"),
    ],
)
def test_a_machine_is_recognised_and_its_header_quoted(header: str, value: str) -> None:
    assert message_from_eml(mail(**{header: value})).automatic == f"{header.replace('_', '-')}: {value}"


def test_a_bounce_is_recognised_by_who_sends_it() -> None:
    raw = b"From: Mail <MAILER-DAEMON@mx.example>\nSubject: Undelivered\n\nsorry\n"
    assert message_from_eml(raw).automatic == "From: Mail <MAILER-DAEMON@mx.example>"


@pytest.mark.parametrize("header", [{"Auto_Submitted": "no"}, {"Precedence": "normal"}, {"X_Autoreply": "no"}])
def test_a_person_is_not_taken_for_a_machine(header: dict[str, str]) -> None:
    assert message_from_eml(mail(**header)).automatic is None


def test_plain_text_wins_over_html_and_attachments_are_only_measured() -> None:
    built = EmailMessage(policy=SMTP)
    built["From"] = "a@b.example"
    built.set_content("the plain words")
    built.add_alternative("<p>the html words</p>", subtype="html")
    built.add_attachment(b"x" * 1234, maintype="image", subtype="jpeg", filename="broken zip.jpg")
    message = message_from_eml(built.as_bytes())
    assert message.text == "the plain words"
    assert not message.html_only
    assert [(each.filename, each.content_type, each.size_bytes) for each in message.attachments] == [
        ("broken zip.jpg", "image/jpeg", 1234)
    ]


def test_html_alone_is_reduced_to_its_words_and_what_it_quotes_is_marked() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n"
        b"<html><head><style>p{}</style></head><body><p>Please&nbsp;cancel <b>#1042</b>.</p>"
        b"<ul><li>one</li><li>two</li></ul><blockquote>Your order has shipped</blockquote>"
        b"<script>alert(1)</script></body></html>"
    )
    message = message_from_eml(raw)
    assert message.html_only
    lines = [line for line in message.text.splitlines() if line]
    assert lines == ["Please cancel #1042.", "- one", "- two", "> Your order has shipped"]


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", "Môre, ek wil kanselleer".encode("cp1252")),
        ("us-ascii", "Môre, ek wil kanselleer".encode()),
        ("no-such-charset", "Môre, ek wil kanselleer".encode()),
        ("iso-8859-1", "Môre, ek wil kanselleer".encode("iso-8859-1")),
    ],
)
def test_a_wrong_charset_loses_no_letter(charset: str, body: bytes) -> None:
    raw = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\n\n".encode() + body
    assert message_from_eml(raw).text == "Môre, ek wil kanselleer"


def test_signs_of_windows_that_are_called_latin_are_those_of_windows() -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1\n\nI\x92d like \x93it\x94 \x96 please\x85"
    assert message_from_eml(raw).text == "I’d like “it” – please…"


def test_raw_letters_in_a_header_survive() -> None:
    message = message_from_eml("From: Zoë <zoe@b.example>\nSubject: één\n\nhi".encode())
    assert (message.from_name, message.from_address, message.subject) == ("Zoë", "zoe@b.example", "één")
    assert "één" in message.model_dump_json()


def test_a_forwarded_mail_is_an_attachment_and_not_the_customers_words() -> None:
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "other@b.example"
    inner.set_content("cancel everything")
    built = EmailMessage(policy=SMTP)
    built["From"] = "a@b.example"
    built.set_content("see below")
    built.add_attachment(inner)
    message = message_from_eml(built.as_bytes())
    assert message.text == "see below"
    assert [each.content_type for each in message.attachments] == ["message/rfc822"]


def test_a_card_number_is_masked_before_anything_else_sees_it() -> None:
    message = message_from_eml(b"From: a@b.example\nSubject: 4111 1111 1111 1111\n\nmy card 4111111111111111")
    assert "4111111111111111" not in message.model_dump_json().replace(" ", "")


def test_what_has_no_mail_header_is_not_a_mail() -> None:
    with pytest.raises(NotAnEmail):
        message_from_eml(b"just some words\nwithout: a mail header\n")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    for raw in (
        b"From: a@b.example\n" + noise,
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n" + noise,
    ):
        message_from_eml(raw).model_dump_json()
