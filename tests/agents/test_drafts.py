"""What a reply says: every fact with its source, and no fact to a sender who is not verified."""

# ruff: noqa: E501 - a message or a row is one line

import re

import pytest

from baton.contracts.mail import Message

from .shop import THANDI, a_message, handle, proposal_of

STEPS = re.compile(
    r"^(?:received|read_enquiry|find_customer|look_up_policy|choose_orders|look_up_products|check_orders/#\w+|\w+/a\d+)$"
)
REQUESTS = [
    "Please cancel order #W1001, I no longer need it.",
    "Please return the shoes and the backpack of order #W1002, refund to my gift card.",
    "Please swap the kettle of order #W1003 for a 1.7L one.",
    "Please change the kettle in #W1001 to black and send the order to 8 Bree Street, Gardens, Cape Town, 8001",
    "Can you change the payment for order #W1001 to my EFT?",
    "Where is my order #W1004?",
    "Is the kettle available in black?",
    "Please cancel order #W1002, I no longer need it.",
]
ON_FILE = [
    "Thandi", "Nkosi", "4417", "0093", "Visa", "EFT", "Loop Street", "Jan Smuts", "TCG-77120", "R8", "R4", "R1 ", "R2 ", "R399",
    "R100", "R899", "Rooibos", "Trail", "Laptop", "Desk Lamp", "processed", "pending", "delivered",
]  # fmt: skip


def body_of(text: str | Message, *, trust: str = "verified") -> str:
    reply = proposal_of(handle(text, trust=trust)).resolution.reply  # type: ignore[arg-type]
    assert reply is not None
    return reply.body


@pytest.mark.parametrize("text", REQUESTS)
def test_every_evidence_names_the_step_that_it_comes_from(text: str) -> None:
    evidence = proposal_of(handle(text)).evidence
    assert evidence
    assert all(STEPS.match(one.source) for one in evidence), [one.source for one in evidence]


@pytest.mark.parametrize("text", REQUESTS)
def test_every_amount_number_and_name_in_the_reply_is_in_the_evidence_or_the_message(text: str) -> None:
    proposal = proposal_of(handle(text))
    assert proposal.resolution.reply is not None
    known = text + " ".join(f"{one.label} {one.value}" for one in proposal.evidence)
    facts = re.findall(
        r"#W\d+|R[\d ]+\.\d\d|TCG-\d+|\d{4,}|Visa[\w ]*\d|Thandi|Kettle|Shoes|Backpack|Lamp",
        proposal.resolution.reply.body,
    )
    assert all(fact in known for fact in facts), [fact for fact in facts if fact not in known]


@pytest.mark.parametrize("text", REQUESTS)
def test_a_sender_who_is_not_verified_hears_nothing_that_they_did_not_write(text: str) -> None:
    message = a_message(f"{text} My customer number is C-2041.", from_address="x@elsewhere.example")
    result = handle(message)
    assert result.match.sender.status == "unverified"
    body = body_of(message)
    unsaid = [fact for fact in ON_FILE if fact in body and fact.strip().lower() not in text.lower()]
    # The words of a rule ('only a pending order') are the shop's, not the order's.
    assert not [fact for fact in unsaid if fact not in ("pending", "delivered")], body
    assert "is delivered" not in body
    assert "is pending" not in body


def test_trust_in_named_senders_lifts_that() -> None:
    message = a_message(
        "Please cancel order #W1001, no longer needed. I am Thandi Nkosi, 8001 is my postcode.", from_address=None
    )
    assert "R849.00" not in body_of(message)
    assert "R849.00" in body_of(message, trust="named")


def test_a_reply_answers_the_thread_at_the_senders_address() -> None:
    message = a_message(
        "Please cancel order #W1001, no longer needed.", subject="Order", message_id="<2@x>", references=["<1@x>"]
    )
    reply = proposal_of(handle(message)).resolution.reply
    assert reply is not None
    assert (reply.to, reply.subject) == (THANDI.emails[0], "Re: Order")
    assert (reply.in_reply_to, reply.references) == ("<2@x>", ["<1@x>", "<2@x>"])


def test_a_message_without_an_address_is_answered_to_the_address_on_file() -> None:
    message = a_message("I am Thandi Nkosi, postcode 8001. Cancel order #W1001, no longer needed.", from_address=None)
    reply = proposal_of(handle(message)).resolution.reply
    assert reply is not None
    assert reply.to == THANDI.emails[0]


def test_the_reply_says_what_was_done_in_plain_text() -> None:
    assert body_of("Please cancel order #W1001, I no longer need it.") == (
        "Dear Thandi,\n\nThank you for your message.\n\nWe have cancelled order #W1001. "
        "The refund of R849.00 goes to Visa ending 4417.\n\nKind regards\nCustomer service"
    )


def test_the_summary_of_each_action_tells_the_reviewer_what_would_happen() -> None:
    summaries = [action.summary for action in proposal_of(handle(REQUESTS[3])).resolution.actions]
    assert summaries == [
        "Send order #W1001 to 8 Bree Street, Gardens, Cape Town, 8001",
        "Change order #W1001: Rooibos Kettle (capacity 1.7L, colour red) for (capacity 1.7L, colour black)",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Please change the shoes of #W1002 to size 9",
            "exchange for order #W1002: you will receive the Trail Running Shoes in size 9.",
        ),
        (
            "Please swap the shoes of #W1002 for blue ones",
            "you will receive the Trail Running Shoes in blue. The difference of R50.00 is paid by Visa ending 4417.",
        ),
        (
            "Please change the kettle in #W1001 to 1 litre",
            "changed order #W1001: you will receive the Rooibos Kettle with capacity 1L. The difference of R100.00 goes back to Visa ending 4417.",
        ),
        ("Please exchange my kettle for the same one, order #W1003", "you will receive the same Rooibos Kettle again."),
        (
            "Please swap the kettle of order #W1003 for a 1.7L black one",
            "you will receive the Rooibos Kettle in black, with capacity 1.7L. The difference of R100.00 is paid by gift card ending 0093.",
        ),
    ],
)
def test_a_swap_is_told_in_plain_english_with_the_difference_only_where_there_is_one(text: str, said: str) -> None:
    body = body_of(text)
    assert said in body
    assert ("difference" in body) == ("difference" in said), body


def test_the_summary_of_a_swap_says_what_the_difference_is_and_how_it_is_paid() -> None:
    (action,) = proposal_of(handle("Please swap the shoes of #W1002 for blue ones")).resolution.actions
    assert action.summary.endswith("(size 8, colour blue); R50.00 more, paid by Visa ending 4417")
    (action,) = proposal_of(handle("Please change the kettle in #W1001 to 1 litre")).resolution.actions
    assert action.summary.endswith("(capacity 1L, colour red); R100.00 less, back to Visa ending 4417")


@pytest.mark.parametrize("text", [*REQUESTS, "Please swap the shoes of #W1002 for blue ones"])
def test_evidence_shows_amounts_as_money(text: str) -> None:
    values = [one.value for one in proposal_of(handle(text)).evidence]
    bare = [value for value in values if re.search(r"(?<![R\d])(?<!R\d )\b\d+\.\d{1,2}\b(?![L\d])", value)]
    assert not bare
