"""Addresses and threads a mail of ours under the message that it answers."""

import re

from baton.contracts.enquiry import CustomerReply
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import Customer

from .mailboxes import the_mailbox

# A question may go out unreviewed, and whoever stands in From gets it: it must not carry a stranger's link to them.
_NOT_OURS_TO_SEND = re.compile(
    r"://|\bwww\.|\w@\w|\b[\w-]{1,63}\.(?:[a-z]{2,10}/|(?:com|net|org|co|example|za|io)\b)", re.IGNORECASE
)


def sender_address(message: Message) -> str | None:
    """The address that the message came from, None for several; never where its Reply-To points instead."""
    return the_mailbox(message.from_address)


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
        subject=answering_subject(message.subject),
        body=body,
        in_reply_to=last.message_id,
        references=list(dict.fromkeys(references)),
    )


def answering_subject(subject: str) -> str:
    """Theirs, after 'Re:'. Not one that would make our mail carry a link, an address, or what nobody sees."""
    text = " ".join(subject.split())
    if not text or _NOT_OURS_TO_SEND.search(text) or not text.isprintable():
        return "Your message to us"
    return text if text.lower().startswith("re:") else f"Re: {text}"
