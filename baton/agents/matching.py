"""Who writes: the one customer that every hint agrees on, and whether their address is on file."""

from baton.contracts.enquiry import CustomerMatch, FindCustomer, Sender
from baton.contracts.orders import Customer
from baton.contracts.systems import CustomerQuery

from .mailboxes import folded, mailboxes, the_mailbox

MOST_QUERIES = 16


def queries(ask: FindCustomer) -> list[CustomerQuery]:
    """What to look for, the strongest hint first: ids, addresses, then each name with each postcode."""
    hints = ask.reading.hints
    asked = [CustomerQuery(customer_id=one) for one in hints.customer_ids]
    emails = [*hints.emails, *(address for address in (_plain(ask.message.from_address),) if address)]
    asked += [CustomerQuery(email=one) for one in dict.fromkeys(folded(email) for email in emails)]
    asked += [CustomerQuery(name=name, postcode=code) for name in hints.names for code in hints.postcodes]
    return asked[:MOST_QUERIES]


def match(ask: FindCustomer, found: list[tuple[CustomerQuery, list[Customer]]]) -> CustomerMatch:
    """The customer that all hints agree on. Hints that point to different people identify nobody ('several')."""
    answered = [(query, customers) for query, customers in found if customers]
    if not answered:
        return CustomerMatch(
            outcome="nobody",
            matched_by="no hint is on file" if found else "the message says nothing of who writes",
            sender=Sender(status="unverified", reason="nobody on file was identified"),
        )
    agreed = {customer.customer_id: customer for customer in answered[0][1]}
    for _, customers in answered[1:]:
        here = {customer.customer_id for customer in customers}
        agreed = {key: customer for key, customer in agreed.items() if key in here}
    hints = ", ".join(dict.fromkeys(_named(query) for query, _ in answered))
    if len(agreed) != 1:
        reason = "the hints point to different customers" if not agreed else "several customers fit"
        return CustomerMatch(outcome="several", matched_by=hints, sender=Sender(status="unverified", reason=reason))
    customer = next(iter(agreed.values()))
    if _name_denies(ask, answered, customer):
        return CustomerMatch(
            outcome="several",
            matched_by=hints,
            sender=Sender(status="unverified", reason="the name in the message is not the name on file"),
        )
    return CustomerMatch(outcome="one", customer=customer, matched_by=hints, sender=sender_of(ask, customer))


def sender_of(ask: FindCustomer, customer: Customer) -> Sender:
    """Verified only when the address that the message came from is on this customer's file."""
    address = _plain(ask.message.from_address)
    if address is None:
        several = bool(ask.message.from_address)
        reason = "the message names several senders" if several else "the message came without a sender's address"
        return Sender(status="unverified", reason=reason)
    if address not in {folded(email) for email in customer.emails}:
        return Sender(status="unverified", reason="the sender's address is not on the customer's file")
    if any(folded(one) != address for one in mailboxes(ask.message.reply_to)):
        return Sender(status="unverified", reason="answers would go to another address than the sender's")
    return Sender(status="verified", reason="address on file")


def _plain(header: str | None) -> str | None:
    """The bare address in lower case: 'Thandi <T@x.co.za>' is t@x.co.za."""
    address = the_mailbox(header)
    return folded(address) if address else None


def _named(query: CustomerQuery) -> str:
    if query.customer_id:
        return "customer id"
    return "email" if query.email else "name and postcode"


def _name_denies(ask: FindCustomer, answered: list[tuple[CustomerQuery, list[Customer]]], customer: Customer) -> bool:
    """Somebody who introduces themselves by another full name than the one on file is not taken for the customer."""
    stated = [{word.lower() for word in name.split()} for name in ask.reading.hints.names if len(name.split()) > 1]
    on_file = {word.lower() for word in customer.name.split()}
    by_name = any(query.name for query, _ in answered)
    return bool(stated) and not by_name and not any(words & on_file for words in stated)
