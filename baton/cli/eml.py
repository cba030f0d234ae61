"""An e-mail file as a Message: plain text preferred, attachments named and measured, machines recognised."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime
from typing import cast

from baton.agents.html_text import HtmlText, read_html
from baton.contracts.mail import Attachment, Message
from baton.contracts.sizes import MOST_MESSAGE

_LONGEST_QUOTE = 200
_LONGEST_PARSED = 10_000
"""Characters of a header that the standard library still parses in good time: minutes pass over one of a megabyte."""
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


class NotAnEmail(Exception):
    """The bytes have none of the headers that every e-mail has."""


class TooMuchText(Exception):
    """The words of a mail are more than a message may have, whatever it has in attachments."""


def clean(text: str) -> str:
    """The text without what cannot be JSON or cannot be read: raw 8-bit bytes are decoded, NUL and CR removed.

    Control characters of Latin-1 are the letters that Windows has in their place. All others stay: they are named.
    """
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        text = decoded(text.encode("utf-8", "surrogatepass" if not _escaped(text) else "surrogateescape"))
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").translate(_WINDOWS)


def _escaped(text: str) -> bool:
    return all(not "\ud800" <= letter <= "\udfff" or "\udc80" <= letter <= "\udcff" for letter in text)


def decoded(raw: bytes, charset: str | None = None) -> str:
    """The text of these bytes: as declared, else as UTF-8, else as Windows wrote it; never an error."""
    for attempt in (charset, "utf-8-sig"):
        if attempt:
            try:
                return raw.decode(attempt)
            except (LookupError, UnicodeError, ValueError):
                continue
    return raw.decode("cp1252", "replace")


def message_from_eml(raw: bytes) -> Message:
    """The message in an .eml file. Raises NotAnEmail; TooMuchText, RecursionError for one that nobody wrote by hand."""
    mail = message_from_bytes(raw, policy=default)
    if not any(_header(mail, name) for name in ("From", "Subject", "Message-ID", "Date", "Received", "Return-Path")):
        raise NotAnEmail
    plain, html, attachments = _parts(mail)
    html_only = not plain.strip() and bool(html.strip())
    seen = read_html(html, MOST_MESSAGE) if html_only else HtmlText(plain.strip("\n"))
    text = seen.text
    if len(text) > MOST_MESSAGE:  # before anything looks into it: finding card numbers in 40 MB takes half a minute
        raise TooMuchText
    from_name, from_address = _address(mail, "From")
    return Message(
        text=text,
        subject=_header(mail, "Subject"),
        from_address=from_address,
        from_name=from_name,
        reply_to=_address(mail, "Reply-To")[1],
        message_id=_header(mail, "Message-ID") or None,
        in_reply_to=_header(mail, "In-Reply-To") or None,
        references=_header(mail, "References").split(),
        received_at=_date(mail),
        attachments=attachments,
        automatic=_automatic(mail),
        html_only=html_only,
        hidden=clean(seen.hidden),
    )


def _header(mail: EmailMessage, name: str) -> str:
    raw = next((text for key, text in mail.raw_items() if key.lower() == name.lower()), None)
    try:
        value = raw if raw is not None and len(raw) > _LONGEST_PARSED else mail[name]
    except Exception:  # noqa: BLE001,RUF100  the stdlib's parser breaks on some malformed headers; their raw text does not
        value = raw
    return " ".join(clean(str(value)).split()) if value is not None else ""


def _address(mail: EmailMessage, name: str) -> tuple[str, str | None]:
    text = _header(mail, name)[:_LONGEST_PARSED]
    for real_name, address in getaddresses([text]):
        if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
            return real_name.strip(), address
    found = re.search(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+", text)
    return "", found[0] if found else None


def _date(mail: EmailMessage) -> datetime | None:
    text = _header(mail, "Date")
    try:
        at = parsedate_to_datetime(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _leaves(part: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that carry something; a forwarded mail counts as one, its own parts are not looked into."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            yield from _leaves(cast(EmailMessage, inner))
    else:
        yield part


def _parts(mail: EmailMessage) -> tuple[str, str, list[Attachment]]:
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(mail):
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart":
            kind = "text/plain"  # declared in several parts and never divided: what can be read is its raw text
        filename = _filename(part)
        attached = "attachment" in _header(part, "Content-Disposition").lower() or bool(filename)
        if not attached and kind in ("text/plain", "text/html"):
            (plain if kind == "text/plain" else html).append(clean(decoded(_bytes(part), _charset(part))))
        else:
            name = filename or kind.replace("/", ".")
            attachments.append(Attachment(filename=name, content_type=kind, size_bytes=len(_bytes(part))))
    return "\n\n".join(plain), "\n".join(html), attachments


def _filename(part: EmailMessage) -> str:
    try:
        return clean(part.get_filename() or "")
    except Exception:  # noqa: BLE001,RUF100  a malformed name must not lose the mail
        return "unnamed"


def _charset(part: EmailMessage) -> str | None:
    try:
        return part.get_content_charset()
    except Exception:  # noqa: BLE001,RUF100  a malformed charset must not lose the mail: it is guessed then
        return None


def _bytes(part: EmailMessage) -> bytes:
    if part.is_multipart():
        return b"".join(bytes(inner) for inner in part.get_payload() if isinstance(inner, EmailMessage))
    try:
        body = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001,RUF100  an encoding that lies must not lose the mail
        body = part.get_payload()
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogateescape")


def _automatic(mail: EmailMessage) -> str | None:
    """The header that shows that a machine or a list wrote it, quoted; None for a person's mail."""
    return next((f"{name}: {_header(mail, name)}"[:_LONGEST_QUOTE] for name in _machine_headers(mail)), None)


def _machine_headers(mail: EmailMessage) -> Iterator[str]:
    if _header(mail, "Auto-Submitted").split(";")[0].strip().lower() not in ("", "no"):
        yield "Auto-Submitted"
    yield from (name for name in ("X-Autoreply", "X-Autorespond") if _header(mail, name).lower() not in ("", "no"))
    if _header(mail, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply"):
        yield "Precedence"
    yield from (name for name in ("List-Id", "List-Unsubscribe") if name in mail)
    if "Return-Path" in mail and _header(mail, "Return-Path") in ("", "<>"):
        yield "Return-Path"
    if mail.get_content_type() == "multipart/report":
        yield "Content-Type"
    if (_address(mail, "From")[1] or "").split("@")[0].lower() in ("mailer-daemon", "postmaster"):
        yield "From"
