"""One clear question to the sender, when too little is known to act on."""

from baton.contracts.enquiry import AskCustomer, Question

from .mailing import answer_to, sender_address

FIXED_TEXT = (
    "Hello,\n\nThank you for your message. To help you we need a little more: please answer with the e-mail address "
    "that you ordered with, or your full name and postcode, the number of the order, and what we can do for you."
)
WHO_WRITES = "who you are: the e-mail address that you ordered with, or your full name together with your postcode"


def question(ask: AskCustomer) -> Question:
    """The question as a mail to the sender's own address. No mail for a machine, or where there is no address."""
    asks_for = _asks_for(ask)
    if ask.message.automatic:
        return Question(mail=None, asks_for=asks_for, reason="a machine wrote the message")
    if sender_address(ask.message) is None:
        return Question(mail=None, asks_for=asks_for, reason="the message came without a sender's address")
    body = f"{FIXED_TEXT}\n\n{ask.signature}" if ask.fixed else _body(ask, asks_for)
    unheard = f"the rules cannot follow: “{'; '.join(ask.feedback)}”" if ask.feedback else ""
    return Question(mail=answer_to(ask.message, ask.replies, body), asks_for=asks_for, reason=unheard)


def _asks_for(ask: AskCustomer) -> list[str]:
    wanted = [one for one in ask.missing if one != "who is writing"]
    if ask.match.outcome != "one":
        wanted.insert(0, WHO_WRITES)
        if not ask.reading.order_numbers and len(wanted) == 1:
            wanted.append("the number of the order that this is about")
    return list(dict.fromkeys(wanted)) or [
        "what you would like us to do, and the number of the order that this is about"
    ]


def _body(ask: AskCustomer, asks_for: list[str]) -> str:
    verified = ask.match.outcome == "one" and ask.match.sender.status == "verified"
    named = ask.match.customer.first_name if verified and ask.match.customer else ""
    greeting = f"Dear {named}," if named else "Hello,"
    again = "Thank you for your answer." if ask.replies else "Thank you for your message."
    if len(asks_for) == 1:
        request = f"So that we can help you, please tell us {asks_for[0]}."
    else:
        request = "So that we can help you, please tell us:\n" + "\n".join(f"- {one}" for one in asks_for)
    return "\n\n".join([greeting, again, request, ask.signature])
