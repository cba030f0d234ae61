"""Addresses and threads a mail of ours under the message that it answers."""

from email.utils import parseaddr

from baton.contracts.enquiry import CustomerReply
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import Customer


def sender_address(message: Message) -> str | None:
    """The address that the message came from; never where its Reply-To points instead."""
    if not message.from_address:
        return None
    return (parseaddr(message.from_address)[1] or message.from_address).strip() or None


def answer_to(
    message: Message, replies: list[CustomerReply], body: str, customer: Customer | None = None
) -> OutgoingMail | None:
    """A mail to the sender, or to the address on the customer's file when the message came without one; else None."""
    to = sender_address(message) or (customer.emails[0] if customer and customer.emails else None)
    if to is None:
        return None
    last = replies[-1].message if replies else message
    references = [*last.references, *([last.in_reply_to] if last.in_reply_to else [])]
    if last.message_id:
        references.append(last.message_id)
    return OutgoingMail(
        to=to,
        subject=_subject(message.subject),
        body=body,
        in_reply_to=last.message_id,
        references=list(dict.fromkeys(references)),
    )


def _subject(subject: str) -> str:
    text = " ".join(subject.split())
    if not text:
        return "Your message to us"
    return text if text.lower().startswith("re:") else f"Re: {text}"
