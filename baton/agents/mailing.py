"""Addresses and threads a mail of ours under the message that it answers."""

from baton.contracts.enquiry import CustomerReply
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import Customer

from .checkable import ALSO_OF_A_CUSTOMER, Kind, found_in
from .letters import evened
from .mailboxes import the_mailbox
from .suspecting import disguises
from .vocabulary import ORDER_NUMBER

LONGEST_SUBJECT = 200
"""Of one that is taken up; nobody's order needs more."""
_LONGEST_ORDER_NUMBER = 8
"""Digits. With more it may be a telephone, or an account."""


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
    """Theirs, after 'Re:'. Not one that would have our mail say where to click, call or pay: whoever stands in From
    gets it, and a question may go out with nobody looking.
    """
    text = " ".join(subject.split())
    if not text or not _may_be_ours(text):
        return "Your message to us"
    return text if text.lower().startswith("re:") else f"Re: {text}"


def _may_be_ours(subject: str) -> bool:
    if len(subject) > LONGEST_SUBJECT or not subject.isprintable() or any(disguises(subject)):
        return False
    rest = ORDER_NUMBER.sub(lambda hit: " ; " if _is_short(hit[0]) else hit[0], evened(subject))
    return all(each.kind is Kind.MOMENT for each in found_in(rest, ALSO_OF_A_CUSTOMER))


def _is_short(order_number: str) -> bool:
    return sum(letter.isdigit() for letter in order_number) <= _LONGEST_ORDER_NUMBER
