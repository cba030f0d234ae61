"""Links, addresses, amounts and numbers of a draft come from facts; the rest is named, whoever drafted it."""

import pytest

from baton.agents import policy
from baton.agents.asking import question
from baton.agents.drafts import with_warnings
from baton.agents.reading import read
from baton.contracts.enquiry import (
    Answered,
    AskCustomer,
    CheckPolicy,
    CustomerMatch,
    PolicyVerdict,
    ReadEnquiry,
    Resolution,
    Sender,
)
from baton.contracts.mail import Message, OutgoingMail
from baton.contracts.orders import Action, ReturnItems

from .retail import HERE, RETAIL, OrderFile, enquiries, order_file, run
from .shop import ORDERS, PRODUCTS, THANDI, a_message, handle, proposal_of

OWN = "thandi.nkosi@example.co.za"
SIGNATURE = "Kind regards\nVeld, 021 555 0100, https://veld.example/help, 5 Dorp Street"
RETURN = ReturnItems(
    action_id="a1", order_id="#W1002", order_version="v-#W1002", item_ids=["P-SHO-2", "P-BAG-1"], refund_to="card-1"
)


def checked(body: str, *actions: Action, to: str = OWN, **more: object) -> PolicyVerdict:
    """What the policy check says of a reply with this body to Thandi."""
    ask = CheckPolicy(
        resolution=Resolution(actions=list(actions), reply=OutgoingMail(to=to, subject="Re: my order", body=body)),
        customer=THANDI,
        orders=[ORDERS[order_id] for order_id in THANDI.order_ids],
        products=list(PRODUCTS.values()),
        answers=Answered(from_address=OWN, subject="my order", signature=SIGNATURE),
    )
    return policy.check(ask.model_copy(update=more), None, "Returns within 30 days, up to R5 000.00, 15% handling.")


@pytest.mark.parametrize(
    "body",
    [
        "Dear Thandi,\n\nOrder #W1002 (W1002) is delivered. Tracking number: TCG-77120.\n\n" + SIGNATURE,
        "The shoes cost R1 299.00, R1,299 or 1299.00; the kettle ZAR 499. The order is R849.00 in all.",
        "The refund of R2 198.00 goes to Visa ending 4417, or the card ending in 4417.",
        "It goes to 14 Loop Street, Flat 3, Cape Town, 8001, and the other to 27 Jan Smuts Avenue.",
        "Write to thandi.nkosi@example.co.za, or see https://veld.example/help. We refund up to R5 000 less 15 %.",
        "It came on 2026-11-20 (20/11/2026) at 10:30; 2 items, size 8, 1.7L, 24 hours a day.",
        "A size 9 costs R50.00 more than the blue one: R1 349.00.",
        "Call +27 (0)21 555 0100 or 0215550100, see veld.example/help/, or come to **5 Dorp St** at 14.30.",
        "It goes to 14 loop str, Flat 3 or the card ending in *4417, card ****4417.",
    ],
)
def test_what_is_known_may_be_said(body: str) -> None:
    assert checked(body, RETURN).warnings == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("See https://evil.example/?m=thandi.", "a link that is in no fact: “https://evil.example/?m=thandi”"),
        ("See www.evil.com now", "a link that is in no fact: “www.evil.com”"),
        ("See veld-refunds.shop/claim", "a link that is in no fact: “veld-refunds.shop/claim”"),
        ("[x](javascript://a)", "a link that is in no fact: “javascript://a”"),
        ("Write to help@evil.example.", "an e-mail address that is in no fact: “help@evil.example”"),
        ("We refund R9 999.00.", "an amount that is in no fact: “R9 999.00”"),
        ("We refund 750 rand.", "an amount that is in no fact: “750 rand”"),
        ("We refund 1 234.56.", "an amount that is in no fact: “1 234.56”"),
        ("You get 50% off.", "a share that is in no fact: “50%”"),
        ("Pay into 62 0012 34567.", "a number that is in no fact: “62 0012 34567”"),
        ("Ring +27 82 900 4711.", "a number that is in no fact: “+27 82 900 4711”"),
        ("Your order W9001 is on its way.", "an order that is in no fact: “W9001”"),
        (
            "We paid it to bc1qxy2kgdygjrsqtzq2n0yrf2493p8.",
            "a code that is in no fact: “bc1qxy2kgdygjrsqtzq2n0yrf2493p8”",
        ),
        ("Refunded to credit_card_2290117.", "a code that is in no fact: “credit_card_2290117”"),
        ("Refunded to Visa ending in 1187.", "a card that is in no fact: “ending in 1187”"),
        ("It goes to 9 Harbour Road, Durban.", "an address that is in no fact: “9 Harbour Road”"),
        ("Send it to P.O. Box 77.", "an address that is in no fact: “P.O. Box 77”"),
        ("Call +27 (0)21 555 0101.", "a number that is in no fact: “+27 (0)21 555 0101”"),
        ("See evil\u2024example/help now.", "a link that is in no fact: “evil.example/help”"),
        (
            "See https://veld.example/help]@EVIL.BANK",
            "a link that is in no fact: “https://veld.example/help]@EVIL.BANK”",
        ),
    ],
)
def test_what_is_in_no_fact_is_named(body: str, named: str) -> None:
    assert checked(body).warnings == [f"the draft names {named}"]


@pytest.mark.skipif(not RETAIL.exists(), reason="the retail set is not here")
def test_nothing_that_the_rules_draft_for_the_retail_set_is_flagged() -> None:
    drafted = 0
    for case in [*enquiries("enquiries_plain"), *enquiries("enquiries")]:
        done = run(Message(text=case["message"]), OrderFile(order_file()))
        if done.proposal is None or done.proposal.resolution.reply is None:
            continue
        drafted += 1
        ask = CheckPolicy(
            resolution=done.proposal.resolution,
            customer=done.match.customer,
            orders=done.orders,
            products=done.products,
            answers=Answered(from_address=done.proposal.resolution.reply.to, subject="", signature=SIGNATURE),
        )
        assert policy.check(ask, None, HERE.read_text()).warnings == [], done.proposal.resolution.reply.body
    assert drafted > 100


def test_a_refund_is_what_the_action_comes_to() -> None:
    assert checked("You get R2 198.00 back.").warnings == []  # the order's own sum
    assert checked("You get R2 097.00 back.", RETURN).warnings != []


def test_a_subject_of_ones_own_is_looked_at_and_the_threads_is_not() -> None:
    mail = OutgoingMail(to=OWN, subject="Re: order W9001", body="Hello")
    assert len(checked("", resolution=Resolution(reply=mail)).warnings) == 1
    answers = Answered(from_address=OWN, subject="Re: order W9001")
    again = mail.model_copy(update={"subject": "Re: order W9001"})
    assert checked("", resolution=Resolution(reply=again), answers=answers).warnings == []


def test_letters_that_turn_around_are_named() -> None:
    assert checked("order \u202e1001W#").warnings[0].startswith("the draft has characters that turn")


def test_a_draft_to_a_stranger_is_forbidden_and_a_persons_edit_to_one_is_named() -> None:
    (breach,) = checked("Hello", to="mallory@evil.example").breaches
    assert (breach.action_id, breach.rule) == ("reply", "own correspondent")
    by_hand = checked("Hello", to="mallory@evil.example", edited=True)
    assert by_hand.breaches == []
    assert "neither the sender's nor on the customer's file: “mallory@evil.example”" in by_hand.warnings[0]


@pytest.mark.parametrize(
    "told",
    ["14 Loop Street", "Visa ending 4417", "TCG-77120", "Trail Running Shoes", "R1 299.00", "Dear Thandi", "#W1002"],
)
def test_what_is_on_file_is_not_told_to_a_sender_who_is_not_verified(told: str) -> None:
    stranger = "mallory@evil.example"
    answers = Answered(from_address=stranger, subject="my order", trusted=False)
    found = checked(told, to=stranger, answers=answers, message=a_message("Where is it?"))
    assert any("the sender is not verified" in line for line in found.warnings)
    wrote = a_message(f"I am Thandi. Is it {told}?")
    assert checked(told, to=stranger, answers=answers, message=wrote).warnings == []


def test_what_the_rules_draft_is_grounded() -> None:
    for text in (
        "Please cancel order #W1001, I no longer need it.",
        "I want to return the backpack from order #W1002, refund to my gift card.",
        "Please exchange the shoes of #W1002 for a size 9.",
        "Where is order #W1004?",
        "Please send order #W1001 to 9 Harbour Road, Durban, 4001.",
    ):
        proposal = proposal_of(handle(text))
        assert proposal.resolution.reply is not None
        assert checked("", resolution=proposal.resolution).warnings == [], proposal.resolution.reply.body


def test_what_was_checked_before_this_was_known_is_judged_as_before() -> None:
    assert checked("R9 999.00", to="mallory@evil.example", answers=None) == PolicyVerdict(
        judgements=[], version=policy.RULES_VERSION
    )


def test_a_question_names_nothing_that_its_reader_did_not_write() -> None:
    message = a_message("Where is #W1001?")
    unknown = CustomerMatch(outcome="nobody", matched_by="", sender=Sender(status="unverified", reason="…"))
    ask = AskCustomer(message=message, reading=read(ReadEnquiry(message=message)), match=unknown)
    asked = question(ask)
    assert with_warnings(asked, ask).warnings == []
    assert asked.mail is not None
    more = asked.mail.model_copy(update={"body": "Is it #W1001 or #W1002, for R1 299.00? See https://evil.example"})
    assert len(with_warnings(asked.model_copy(update={"mail": more}), ask).warnings) == 3
