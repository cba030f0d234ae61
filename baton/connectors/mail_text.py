"""A mail as bytes for SMTP: plain text in UTF-8, threaded, with a Message-ID that follows from the key."""

import hashlib
import re
from email import charset as charsets
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formataddr, formatdate

from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Rejected

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[A-Za-z0-9.-]+", re.ASCII)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")
_MOST_REFERENCES = 25


def message_id_of(key: str, domain: str) -> str:
    """`<32 hex digits of the key's sha256@domain>`: the same key gives the same Message-ID everywhere."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def recipient_of(mail: OutgoingMail) -> str:
    """The one address that the mail goes to; Rejected when it is not one plain address."""
    address = mail.to.strip()
    if not _ADDRESS.fullmatch(address) or not address.isascii():
        raise Rejected("the recipient is not one plain e-mail address")
    return address


def composed(mail: OutgoingMail, *, sender: tuple[str, str], message_id: str) -> bytes:
    """The whole message with CRLF line ends; `sender` is (name, address). Rejected where a header would break."""
    headers = {"subject": mail.subject, "in_reply_to": mail.in_reply_to or "", "references": "".join(mail.references)}
    for name, value in headers.items():
        # A line break in a header starts another header: what a customer wrote could then address a mail.
        if _CONTROL.search(value):
            raise Rejected(f"the mail's {name} holds a line break or another control character")
    utf8 = charsets.Charset("utf-8")
    utf8.body_encoding = charsets.QP
    message = MIMEText(mail.body, "plain", utf8)  # type: ignore[arg-type]  # a Charset is what the class documents
    message["From"] = formataddr(sender)
    message["To"] = recipient_of(mail)
    subject = Header(mail.subject.strip(), None if mail.subject.isascii() else "utf-8", 78, "Subject")
    message["Subject"] = subject  # type: ignore[assignment]  # as text it would be folded twice
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = message_id
    parent, thread = _thread(mail)
    if parent:
        message["In-Reply-To"] = parent
    if thread:
        message["References"] = " ".join(thread)
    return message.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _thread(mail: OutgoingMail) -> tuple[str | None, list[str]]:
    """The message answered and the thread before it; an id that is none is left out rather than the answer."""
    parent = _bracketed(mail.in_reply_to) if mail.in_reply_to else None
    thread = [found for each in mail.references if (found := _bracketed(each))]
    if parent and parent not in thread:
        thread.append(parent)
    if len(thread) > _MOST_REFERENCES:
        thread = [thread[0], *thread[1 - _MOST_REFERENCES :]]
    return parent, thread


def _bracketed(text: str) -> str | None:
    found = f"<{text.strip().strip('<>')}>"
    return found if _MESSAGE_ID.fullmatch(found) else None
