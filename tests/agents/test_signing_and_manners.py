"""Names, ways to reach somebody, manners and money 'ifs' around a request change nothing of what is proposed."""

# ruff: noqa: E501 - a message or a row is one line

import pytest

from baton.agents.reading import read
from baton.agents.signing import says_who, unsigned
from baton.contracts.enquiry import ReadEnquiry
from baton.contracts.mail import Message

from .shop import a_message, done_by, handle, proposal_of

CANCEL = "Please cancel #W1001, no longer needed."
CANCELLED = [("cancel_order", "#W1001", "no longer needed")]
SHOES_BACK = [("return_items", "#W1002", (["P-SHO-2"], "card-1"))]
SHOES_IN_BLUE = [("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-4")], "card-1"))]
TO_BREE = [("change_address", "#W1001", ("8 Bree Street", "Gardens", "Cape Town", "", "South Africa", "8001"))]


@pytest.mark.parametrize(
    "ending",
    [
        " Thandi Nkosi, thandi.nkosi@example.co.za",
        " Thandi Nkosi 0825551234",
        " Thandi (082 555 1234)",
        " Thandi Nkosi here.",
        "\n\nThandi Precious Nkosi\nCell: 083 123 4567\nthandi.nkosi@example.co.za",
        "\n\nThandi Nkosi\nthandi.nkosi@example.co.za\n082 555 1234\nBloemfontein",
        "\n\nNomsa Dlamini | Office Manager | Acme Trading (Pty) Ltd\nTel: +27 21 555 0101\nwww.acme.example",
        "\n\nThandi\nAcme Trading (Pty) Ltd\n14 Loop Street\nCape Town\n8001\nT: 021 555 0101",
        "\nRgds\nThandi Nkosi\n0825551234",
    ],
)
def test_who_writes_without_a_greeting_is_no_request(ending: str) -> None:
    assert done_by(handle(CANCEL + ending)) == CANCELLED


def test_a_name_and_an_address_at_the_end_of_one_line_identify_who_writes() -> None:
    found = read(ReadEnquiry(message=Message(text=f"{CANCEL} Johan van der Merwe, johan@vdm.example")))
    assert [request.kind for request in found.requests] == ["cancel"]
    assert (found.hints.names, found.hints.emails) == (["Johan van der Merwe"], ["johan@vdm.example"])
    block = read(ReadEnquiry(message=Message(text=f"{CANCEL}\n\nJohan van der Merwe\njohan@vdm.example\nBloemfontein")))
    assert [request.kind for request in block.requests] == ["cancel"]
    assert block.hints.names == ["Johan van der Merwe"]


def test_a_name_within_the_request_is_not_one_of_its_words() -> None:
    assert done_by(handle("Please return the shoes from #W1002, Thandi Nkosi 082 555 1234")) == SHOES_BACK
    assert done_by(handle("Please return the shoes from #W1002 - Thandi")) == SHOES_BACK


def test_a_line_that_may_be_a_name_or_a_thing_is_left_to_a_person() -> None:
    proposal = proposal_of(handle("Please return the shoes from #W1002. Laptop Backpack."))
    assert proposal.unsure == ["whether “Laptop Backpack.” is a name or a thing"]


@pytest.mark.parametrize(
    "text",
    [
        "Call me first",
        "Phone my husband",
        "Order #W1001",
        "Leave At Reception",
        "cancel it",
        "please hurry up",
        "Ask Sipho Dlamini",
        "Phone Johan van der Merwe",
        "Call Thandi on 082 555 1234",
        "Call 082 555 1234",
        "Gift Wrap Everything",
    ],
)
def test_an_order_to_do_something_says_more_than_who_writes(text: str) -> None:
    assert not says_who(text)


@pytest.mark.parametrize(
    "order",
    ["Call me.", "Call 082 555 1234.", "Ask Sipho Dlamini", "Phone Johan van der Merwe", "Gift Wrap Everything"],
)
def test_a_short_order_to_do_something_is_left_to_a_person(order: str) -> None:
    proposal = proposal_of(handle(f"{CANCEL} {order}"))
    assert proposal.unsure
    assert not proposal.resolution.actions


@pytest.mark.parametrize("line", ["Phone: 082 555 1234", "Phone 082 555 1234", "Contact number 082 555 1234", "Text"])
def test_the_label_of_a_number_is_no_order(line: str) -> None:
    assert done_by(handle(f"{CANCEL}\n\nThandi Nkosi\n{line}")) == CANCELLED


def test_lines_that_go_on_with_the_request_are_no_signature() -> None:
    lines = ["Please send order #W1001 to", "8 Bree Street", "Gardens", "Cape Town"]
    assert unsigned(lines) == (lines, [])


@pytest.mark.parametrize(
    "text",
    [
        "Please send #W1001 to my new address:\n\n8 Bree Street\nGardens\nCape Town\n8001",
        "Please send #W1001 to my new address.\n\n8 Bree Street\nGardens\nCape Town\n8001\n\nThandi Nkosi",
        "Please send #W1001 to my new address:\n8 Bree Street,\nGardens,\nCape Town, 8001\n\nThandi Nkosi\n082 555 1234",
        "Please deliver #W1001 to 8 Bree Street, Gardens, Cape Town, 8001.\n\nThandi Nkosi\nAcme Trading (Pty) Ltd\nCape Town",
    ],
)
def test_an_address_in_lines_is_read_whole_and_told_from_a_signature(text: str) -> None:
    assert done_by(handle(text)) == TO_BREE


def test_half_an_address_is_not_filled_up_with_a_signature() -> None:
    result = handle("Please send #W1001 to 8 Bree Street.\n\nGardens\nCape Town\n8001")
    assert proposal_of(result).unsure == ["the new address is not clear"]


@pytest.mark.parametrize(
    "manners",
    [
        "Thanks in advance.", "Hope you are well.", "Looking forward to hearing from you.", "I await your reply.",
        "Awaiting your urgent response.", "Waiting for your feedback.", "Please confirm once done.",
        "Kindly confirm when it has been done.", "Can you please confirm?", "Please acknowledge receipt.",
        "Please could you confirm receipt of this email", "Please revert.", "Please get back to me asap.",
        "Hope to hear from you soon.", "Have a blessed day.", "Enjoy the rest of your week!", "Thx so long",
        "Thanks a mil guys", "Dankie", "Baie dankie", "Enkosi", "Enkosi kakhulu", "Ngiyabonga", "Siyabonga, Thandi",
        "Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Keep well", "Take care", "Kind regards, Thandi Nkosi, Cape Town",
    ],
)  # fmt: skip
def test_manners_at_the_end_ask_for_nothing(manners: str) -> None:
    assert done_by(handle(f"{CANCEL} {manners}")) == CANCELLED
    assert done_by(handle(f"{CANCEL}\n\n{manners}")) == CANCELLED


@pytest.mark.parametrize(
    "opening",
    [
        "Hi, hope you are well. ", "Hey, how are you? ", "Hi, how's it going? ", "Hi how are you doing, ",
        "To whom it may concern, ", "Hi there! Happy Monday. ", "Thandi Nkosi here. ",
    ],
)  # fmt: skip
def test_manners_at_the_start_ask_for_nothing(opening: str) -> None:
    assert done_by(handle(opening + CANCEL)) == CANCELLED


@pytest.mark.parametrize(
    "paying",
    [
        ". If there is a price difference, use my Visa.",
        ". If the price differs, use the card I paid with.",
        ", and if there's a price difference please charge my Visa.",
        ". Any difference, use my Visa.",
        ". Charge my Visa if there is any difference please.",
        ". Should there be a difference in price please use the same card.",
        ". If the price is different just bill the original payment method",
        ". If there's any price difference I'll pay it with my Visa card.",
        ". If there is a difference that's fine.",
    ],
)
def test_how_a_price_difference_is_paid_is_no_condition(paying: str) -> None:
    assert done_by(handle(f"Please swap the shoes of #W1002 for blue ones{paying}")) == SHOES_IN_BLUE


def test_the_method_named_for_a_difference_is_the_one_used() -> None:
    result = handle("Please exchange the kettle in #W1003 for a 1.7L red one. If the price differs I will pay by EFT.")
    assert done_by(result) == [("exchange_items", "#W1003", ([("P-KET-1", "P-KET-2")], "eft-1"))]


@pytest.mark.parametrize(
    "condition",
    [
        ". If there is a price difference, cancel it.",
        ". If there is a price difference, keep the old ones.",
        ". If there is a price difference, use my Visa, otherwise my EFT.",
        ". If there is a price difference, use my Visa but only up to R20.",
        ". If there is a price difference, don't use my Visa.",
        ". If there is a price difference, refund the shoes to my Visa.",
        " if there is no price difference, use my Visa.",
        " if there is a price difference.",
        ". If there is a price difference, use my Mastercard.",
    ],
)
def test_anything_else_that_hangs_on_a_price_difference_is_for_a_person(condition: str) -> None:
    proposal = proposal_of(handle(f"Please swap the shoes of #W1002 for blue ones{condition}"))
    assert proposal.unsure
    assert not proposal.resolution.actions


@pytest.mark.parametrize(
    "wish", [". Please refund my EFT.", ". Refund to my gift card.", ", and refund me on my gift card."]
)
def test_a_cancelled_order_is_not_paid_back_another_way_without_a_word(wish: str) -> None:
    proposal = proposal_of(handle(f"Please cancel #W1001, no longer needed{wish}"))
    assert not proposal.resolution.actions
    assert "was paid otherwise" in proposal.unsure[0]


def test_the_way_it_was_paid_may_be_named_in_a_cancellation() -> None:
    assert done_by(handle(a_message(f"{CANCEL} Refund my Visa."))) == CANCELLED
