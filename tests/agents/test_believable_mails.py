"""Whole mails as a South African shop gets them, and the one right outcome of each."""

# ruff: noqa: E501 - a message or a row is one line

import pytest

from .shop import done_by, handle, proposal_of

SHOES_BACK = ("return_items", "#W1002", (["P-SHO-2"], "card-1"))
BAG_BACK = ("return_items", "#W1002", (["P-BAG-1"], "card-1"))
KETTLE_BACK = ("return_items", "#W1003", (["P-KET-1"], "gift-1"))
MISTAKE = ("cancel_order", "#W1001", "ordered by mistake")
NOT_NEEDED = ("cancel_order", "#W1001", "no longer needed")
BLACK_KETTLE = ("change_items", "#W1001", ([("P-KET-2", "P-KET-3")], "card-1"))
SMALL_KETTLE = ("change_items", "#W1001", ([("P-KET-2", "P-KET-1")], "card-1"))
TO_BREE = ("change_address", "#W1001", ("8 Bree Street", "Gardens", "Cape Town", "", "South Africa", "8001"))
TO_OFFICE = (
    "change_address", "#W1001", ("27 Jan Smuts Avenue", "Parktown", "Johannesburg", "GP", "South Africa", "2193")
)  # fmt: skip

PROPOSED: list[tuple[str, list[object]]] = [
    ("Good day\n\nI hope you are well.\n\nKindly cancel order #W1001 as I no longer require the items.\n\nI await your confirmation.\n\nYours faithfully\nT. Nkosi (Mrs)\n082 555 0142", [NOT_NEEDED]),
    ("cancel W1001 pls, bought twice by accident. thx\nsent from my Huawei", [MISTAKE]),
    ("Pse cancel my order nr W1001. I dont need it any more.", [NOT_NEEDED]),
    ("Hi\nOrder #W1001\nPlease cancel.\nReason - duplicate order.\nThandi Nkosi", [MISTAKE]),
    ("URGENT!!! PLEASE CANCEL ORDER #W1001. ORDERED BY MISTAKE!!!", [MISTAKE]),
    ("Hi guys\n\nCan I please return the takkies I got in order #W1002? They're way too small for me :(\n\nCheers\nThandi", [SHOES_BACK]),
    ("Morning team\n\nThe laptop bag from W1002 arrived with a torn strap. I'd like to send it back and get my money back please.\n\nThandi Nkosi\n083 555 0199", [BAG_BACK]),
    ("hi my name is thandi, i want 2 return the shoes i bought (order W1002), they dont fit. thanks", [SHOES_BACK]),
    ("Hi team, pls refund the kettle frm order #W1003, its leaking everywhere.", [KETTLE_BACK]),
    ("Please return the shoes from #W1002, they are too small, and the backpack too.\n\nEnkosi\nThandi", [("return_items", "#W1002", (["P-BAG-1", "P-SHO-2"], "card-1"))]),
    ("Hi again\n\nYes please go ahead and return the backpack from order #W1002.\n\nThandi\n\nOn Mon, 3 Nov 2025 at 10:12, Baton Shop <care@shop.example> wrote:\n> Dear Thandi\n> Would you like to return the backpack, or cancel order #W1004?\n> Kind regards", [BAG_BACK]),
    ("Hi. Pls exchnage the shoes (order #W1002) for a size 7, they r too big. Ta, Thandi", [("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-1")], "card-1"))]),
    ("Dear Sir/Madam\n\nOrder number: #W1002\n\nI would like to exchange the grey trail running shoes for the blue ones in the same size. If there is a price difference, please use the card I paid with.\n\nRegards\nThandi Nkosi\nSent from my iPhone", [("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-4")], "card-1"))]),
    ("Molo, please swop my shoes (#W1002) for a 9. Enkosi, Thandi", [("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-3")], "card-1"))]),
    ("Hi, the kettle in order #W1003 is faulty, please replace it. Thanks Thandi", [("exchange_items", "#W1003", ([("P-KET-1", "P-KET-1")], "gift-1"))]),
    ("Hello, I placed order #W1001 yesterday. Could you kindly change the kettle to the black one before you ship it? Much appreciated. Thandi", [BLACK_KETTLE]),
    ("Hi there,\n\nPlease change my order W1001 - I want the kettle in 1L instead of 1.7L.\n\nThanks\nThandi", [SMALL_KETTLE]),
    ("Please could I swap the desk lamp on order 1001 for a black one? tx", [("change_items", "#W1001", ([("P-LAM-1", "P-LAM-2")], "card-1"))]),
    ("Hi\n\nI've moved house! Please send order #W1001 to:\n\n8 Bree Street\nGardens\nCape Town\n8001\n\nMany thanks\nThandi", [TO_BREE]),
    ("Pls deliver #W1001 to my work address rather: 27 Jan Smuts Avenue, Parktown, Johannesburg 2193. Thank you, Thandi", [TO_OFFICE]),
    ("Hi, is it still possible to pay for order #W1001 by EFT instead of my credit card? Regards, Thandi", [("change_payment", "#W1001", "eft-1")]),
    ("Hi\n\nTwo things please:\n1) cancel order #W1001 - ordered by mistake\n2) return the kettle from order #W1003, it leaks\n\nThanks in advance\nThandi", [MISTAKE, KETTLE_BACK]),
    ("Good afternoon, could you tell me when order #W1004 will be delivered? And please also cancel order #W1001, I no longer need it.", [NOT_NEEDED]),
]  # fmt: skip

ANSWERED = [
    ("Where's my parcel?? Order #W1004, it's been over a week now.", "Order #W1004 is processed. Tracking number: TCG-77120."),
    ("Hi, do you have the backpack in navy? Order #W1004", "Laptop Backpack with colour navy is available now, at R899.00."),
    ("Hi, please cancel #W1004, I don't need it anymore. Thandi", "only a pending order can be cancelled"),
]  # fmt: skip

ASKED = [
    "Hi, I want to cancel my order.",
    "Hallo, please return one item of order #W1002. Regards, Thandi",
    "Hi, please exchange my order #W1002",
]

HANDED_OVER = [
    "Please change my order W1001 - I want the 1L kettle in red instead of the 1.7L one.",
    "Hi, please cancel order #W1001 only if it has not left the warehouse yet.",
    "My daughter ordered from you without asking. What can I do about order #W1001?",
    "Hi, please return the shoes from #W1002 and use the refund for a new pair of boots.",
    "Hi, I received the wrong colour lamp.",
    "Please return the shoes from #W1002. You charged me twice, this is fraud and I'm going to hellopeter!!",
    "Please return the shoes from #W1002. My cousin Sipho will drop them off on Friday, please call him on 082 555 7788.",
]


@pytest.mark.parametrize(("mail", "wanted"), PROPOSED)
def test_a_believable_mail_leads_to_exactly_what_it_asks(mail: str, wanted: list[object]) -> None:
    result = handle(mail)
    assert done_by(result) == sorted(wanted, key=repr), (proposal_of(result).unsure, result.choice)


@pytest.mark.parametrize(("mail", "said"), ANSWERED)
def test_a_believable_question_is_answered_and_nothing_is_done(mail: str, said: str) -> None:
    proposal = proposal_of(handle(mail))
    assert not proposal.unsure
    assert not proposal.resolution.actions
    assert proposal.resolution.reply is not None
    assert said in proposal.resolution.reply.body


@pytest.mark.parametrize("mail", ASKED)
def test_a_believable_mail_that_leaves_something_out_is_asked_about(mail: str) -> None:
    result = handle(mail)
    assert result.asks
    assert done_by(result) == []


@pytest.mark.parametrize("mail", HANDED_OVER)
def test_a_believable_mail_that_no_rule_can_settle_goes_to_a_person(mail: str) -> None:
    proposal = proposal_of(handle(mail))
    assert proposal.unsure
    assert not proposal.resolution.actions


@pytest.mark.parametrize(
    "text",
    [
        "Return the shoes, they pinch, and the backpack from #W1002",
        "Return the shoes from #W1002 because they are small and the backpack because it is torn",
        "Please return the shoes - they are too small - and the backpack of #W1002",
        "Please return the shoes that I bought as well as the backpack. #W1002",
    ],
)
def test_a_thing_added_after_a_reason_is_not_lost_with_it(text: str) -> None:
    assert done_by(handle(text)) == [("return_items", "#W1002", (["P-BAG-1", "P-SHO-2"], "card-1"))]
