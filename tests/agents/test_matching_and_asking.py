"""Who writes, and what is asked when that is not known."""

import pytest

from baton.agents.asking import question
from baton.agents.matching import match, queries
from baton.agents.reading import read
from baton.contracts.enquiry import AskCustomer, CustomerMatch, FindCustomer, ReadEnquiry
from baton.contracts.mail import Message
from baton.contracts.orders import Customer

from .shop import PIETER, THANDI, a_message, find, handle


def matched(message: Message) -> CustomerMatch:
    ask = FindCustomer(reading=read(ReadEnquiry(message=message)), message=message)
    return match(ask, [(query, find(query)) for query in queries(ask)])


def test_an_address_on_file_identifies_and_verifies() -> None:
    found = matched(a_message("Please cancel my order"))
    assert found.customer == THANDI
    assert (found.sender.status, found.sender.reason) == ("verified", "address on file")


def test_the_address_is_compared_without_name_and_letter_case() -> None:
    found = matched(a_message("Hi", from_address="Thandi <Thandi.Nkosi@Example.co.za>"))
    assert found.sender.status == "verified"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("My customer number is C-2041", "customer id"),
        ("I am Thandi Nkosi, postcode 8001", "name and postcode"),
        ("My e-mail is thandi.nkosi@example.co.za", "email"),
    ],
)
def test_a_hint_in_the_text_identifies_and_does_not_verify(text: str, by: str) -> None:
    found = matched(a_message(text, from_address="someone@elsewhere.example"))
    assert found.customer == THANDI
    assert found.matched_by == by
    assert found.sender.status == "unverified"


def test_an_address_on_file_with_answers_going_elsewhere_is_not_verified() -> None:
    found = matched(a_message("Hi", reply_to="thief@elsewhere.example"))
    assert found.customer == THANDI
    assert found.sender.status == "unverified"
    assert "another address" in found.sender.reason


def test_a_message_without_an_address_is_never_verified() -> None:
    found = matched(a_message("I am Thandi Nkosi, 8001 is my postcode", from_address=None))
    assert found.sender.status == "unverified"


def test_hints_that_point_to_two_people_identify_nobody() -> None:
    found = matched(a_message("My customer number is C-3300"))
    assert found.outcome == "several"
    assert found.customer is None


def test_a_name_that_is_not_the_one_on_file_identifies_nobody() -> None:
    found = matched(a_message("I am Sipho Dlamini, customer number C-2041", from_address="s@elsewhere.example"))
    assert found.outcome == "several"
    assert found.customer is None


def test_two_customers_of_one_name_and_postcode_are_several_until_an_address_tells_them_apart() -> None:
    twin = THANDI.model_copy(update={"customer_id": "C-9", "emails": ["other@example.co.za"]})

    def both(text: str, address: str | None) -> CustomerMatch:
        message = a_message(text, from_address=address)
        ask = FindCustomer(reading=read(ReadEnquiry(message=message)), message=message)
        found = []
        for query in queries(ask):
            fits: list[Customer] = [one for one in (THANDI, twin) if query.name or query.email in one.emails]
            found.append((query, fits))
        return match(ask, found)

    assert both("I am Thandi Nkosi, postcode 8001", None).outcome == "several"
    assert both("I am Thandi Nkosi, postcode 8001", "other@example.co.za").customer == twin


def test_the_strongest_hint_is_looked_for_first() -> None:
    message = a_message("I am Thandi Nkosi, postcode 8001, customer number C-2041")
    asked = queries(FindCustomer(reading=read(ReadEnquiry(message=message)), message=message))
    assert [bool(query.customer_id) for query in asked] == [True, False, False]
    assert asked[-1].name == "Thandi Nkosi"


def asking(message: Message, missing: list[str] | None = None, *, fixed: bool = False) -> AskCustomer:
    return AskCustomer(
        message=message,
        reading=read(ReadEnquiry(message=message)),
        match=matched(message),
        missing=missing or [],
        fixed=fixed,
    )


def test_an_unknown_sender_is_asked_who_they_are_at_their_own_address() -> None:
    asked = question(
        asking(a_message("Cancel my order", from_address="x@elsewhere.example", message_id="<1@x>", subject="Help"))
    )
    assert asked.mail is not None
    assert asked.mail.to == "x@elsewhere.example"
    assert (asked.mail.subject, asked.mail.in_reply_to, asked.mail.references) == ("Re: Help", "<1@x>", ["<1@x>"])
    assert "who you are" in asked.mail.body


def test_a_question_never_goes_where_reply_to_points() -> None:
    asked = question(asking(a_message("Cancel it", reply_to="thief@elsewhere.example")))
    assert asked.mail is not None
    assert asked.mail.to == "thandi.nkosi@example.co.za"


def test_a_machine_and_a_message_without_address_are_asked_nothing() -> None:
    assert question(asking(a_message("Hi", automatic="Auto-Submitted: auto-replied"))).mail is None
    nobody = question(asking(a_message("Hi", from_address=None)))
    assert nobody.mail is None
    assert nobody.reason


def test_the_fixed_question_holds_no_fact_of_customer_or_order() -> None:
    asked = question(
        asking(a_message("Please cancel order #W1001"), ["which items of order #W1001 you mean"], fixed=True)
    )
    assert asked.mail is not None
    assert not any(fact in asked.mail.body for fact in ("Thandi", "#W1001", "Kettle", "C-2041"))


def test_a_question_to_an_unverified_sender_names_no_order_that_they_did_not_name() -> None:
    text = "I am Thandi Nkosi, postcode 8001. Please return my things."
    message = a_message(text, from_address="x@elsewhere.example")
    result = handle(message)
    assert result.choice is not None
    asked = question(asking(message, result.choice.missing))
    assert asked.mail is not None
    assert "#W" not in asked.mail.body


@pytest.mark.parametrize("number", ["#W9001", "W9001", "9001"])
def test_another_customers_order_is_not_read_and_nothing_of_it_is_said(number: str) -> None:
    result = handle(f"Please cancel order {number}, I no longer need it.")
    assert all(order.customer_id == THANDI.customer_id for order in result.orders)
    assert result.asks
    assert result.choice is not None
    asked = question(asking(a_message("x"), result.choice.missing))
    assert asked.mail is not None
    assert not any(fact in asked.mail.body for fact in (PIETER.first_name, "Kettle", "pending"))
    assert not result.proposal or not result.proposal.resolution.actions


def test_a_reviewers_wish_for_the_question_is_not_lost() -> None:
    ask = asking(a_message("Please cancel it")).model_copy(update={"feedback": ["ask for the invoice"]})
    assert "ask for the invoice" in question(ask).reason


def test_who_is_writing_is_asked_once() -> None:
    asked = question(asking(a_message("Cancel it", from_address="x@elsewhere.example"), ["who is writing"]))
    assert asked.asks_for[0].startswith("who you are")
    assert "who is writing" not in asked.asks_for
