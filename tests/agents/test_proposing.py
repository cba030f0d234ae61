"""Messages the way customers in a South African shop write them, and what is proposed."""

# ruff: noqa: E501 - a message or a row is one line

import pytest

from baton.agents.resolving import propose
from baton.contracts.enquiry import DoneAction
from baton.contracts.orders import CancelOrder
from baton.contracts.setback import Setback

from .retail import proposed
from .shop import ORDERS, a_message, an_order, done_by, handle, proposal_of

CANCEL = ("cancel_order", "#W1001", "ordered by mistake")
NOT_NEEDED = ("cancel_order", "#W1001", "no longer needed")
SHOES_BACK = ("return_items", "#W1002", (["P-SHO-2"], "card-1"))
SHOES_IN_9 = ("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-3")], "card-1"))
SHOES_IN_BLUE = ("exchange_items", "#W1002", ([("P-SHO-2", "P-SHO-4")], "card-1"))
BLACK_KETTLE = ("change_items", "#W1001", ([("P-KET-2", "P-KET-3")], "card-1"))
TO_BREE = ("change_address", "#W1001", ("8 Bree Street", "Gardens", "Cape Town", "", "South Africa", "8001"))
TO_OFFICE = (
    "change_address", "#W1001", ("27 Jan Smuts Avenue", "Parktown", "Johannesburg", "GP", "South Africa", "2193")
)  # fmt: skip

CLEAR: list[tuple[str, list[object]]] = [
    ("Hi there,\n\nCould you please cancel my order #W1001? I ordered it by mistake.\n\nKind regards,\nThandi", [CANCEL]),
    ("Good morning. Please cancel order W1001, I no longer need it. Thanks!", [NOT_NEEDED]),
    ("pls cancle order 1001, changed my mind", [NOT_NEEDED]),
    ("Please cancel order #W1001 (ordered twice by accident)", [CANCEL]),
    ("I don't want order #W1001 anymore", [NOT_NEEDED]),
    ("<p>Hi,</p><p>Please cancel order <b>#W1001</b>&nbsp;&ndash; I ordered it by mistake.</p><br>Thandi", [CANCEL]),
    ("I'd like to return the running shoes from order #W1002 please, they are too tight. Regards Thandi", [SHOES_BACK]),
    ("Please return the tekkies of order #W1002", [SHOES_BACK]),
    ("Hi, I bought a kettle and shoes from you. The kettle is great but the shoes are too small. I would like to return the shoes please.", [SHOES_BACK]),
    ("I want my money back for the shoes", [SHOES_BACK]),
    ("Please return the ketlle from order #W1003", [("return_items", "#W1003", (["P-KET-1"], "gift-1"))]),
    ("Hi, I'd like to return order #W1003.", [("return_items", "#W1003", (["P-KET-1"], "gift-1"))]),
    ("Please return the backpack and the shoes, order #W1002. Refund to my gift card.", [("return_items", "#W1002", (["P-BAG-1", "P-SHO-2"], "gift-1"))]),
    ("I want to return everything in order #W1002", [("return_items", "#W1002", (["P-BAG-1", "P-SHO-2"], "card-1"))]),
    ("I'm not happy with the backpack. Refund please. Order #W1002", [("return_items", "#W1002", (["P-BAG-1"], "card-1"))]),
    ("Please exchange my trail running shoes (size 8) for a size 9.", [SHOES_IN_9]),
    ("Hi team\n\nThe shoes I got from you in order #W1002 are too small. Can I swop them for a size 9?\n\nThanks\nThandi", [SHOES_IN_9]),
    ("Is it possible to change the size of the shoes in order #W1002 from 8 to 9?", [SHOES_IN_9]),
    ("Kindly exchange the trail running shoes to blue, size 8. Order #W1002.", [SHOES_IN_BLUE]),
    ("Exchange the shoes in #W1002 for the cheapest ones in blue", [SHOES_IN_BLUE]),
    ("Please swap the kettle for a bigger one, order #W1003", [("exchange_items", "#W1003", ([("P-KET-1", "P-KET-2")], "gift-1"))]),
    ("Please exchange my kettle for the same one, order #W1003", [("exchange_items", "#W1003", ([("P-KET-1", "P-KET-1")], "gift-1"))]),
    ("Howzit, can I change the kettle in order #W1001 to black please?", [BLACK_KETTLE]),
    ("Hi, I want to change the colour of the kettle to black in order #W1001.", [BLACK_KETTLE]),
    ("I would like the kettle in order #W1001 in black instead of red.", [BLACK_KETTLE]),
    ("Please change order #W1001: the kettle to 1 litre and the lamp to black. Use my Visa for any difference.", [("change_items", "#W1001", ([("P-KET-2", "P-KET-1"), ("P-LAM-1", "P-LAM-2")], "card-1"))]),
    ("Please send order #W1001 to 27 Jan Smuts Avenue, Parktown, Johannesburg, 2193 instead.", [TO_OFFICE]),
    ("Please use the same address as order #W1002 for order #W1001.", [TO_OFFICE]),
    ("Hi, please change the delivery address of order #W1001 to 8 Bree Street, Gardens, Cape Town, 8001. Thank you.", [TO_BREE]),
    ("Change the delivery address of order #W1001 from 14 Loop Street, Flat 3, Cape Town, 8001 to 8 Bree Street, Gardens, Cape Town, 8001", [TO_BREE]),
    ("Please can you rather deliver #W1001 to 8 Bree Street, Gardens, Cape Town, 8001?", [TO_BREE]),
    ("I've moved. Please send order #W1001 to my new address: 8 Bree Street, Gardens, Cape Town, 8001.", [TO_BREE]),
    ("Hi, I need order #W1001 delivered to my office: 27 Jan Smuts Avenue, Parktown, Johannesburg, 2193.", [TO_OFFICE]),
    ("Can I pay for order #W1001 by EFT instead of card?", [("change_payment", "#W1001", "eft-1")]),
    ("Please exchange the kettle from #W1003 with a 1.7L black one. I'll pay the difference with my Visa.", [("exchange_items", "#W1003", ([("P-KET-1", "P-KET-3")], "card-1"))]),
    ("I received the backpack from order #W1002 with a broken zip. I'd like a replacement.", [("exchange_items", "#W1002", ([("P-BAG-1", "P-BAG-1")], "card-1"))]),
    ("Please return both items in order #W1002", [("return_items", "#W1002", (["P-BAG-1", "P-SHO-2"], "card-1"))]),
    ("Hey guys, I accidentally placed order #W1001 twice, please cancel it.", [CANCEL]),
    ("Please cancel #W1001. Reason: no longer needed", [NOT_NEEDED]),
    ("Hi Team, please see below and assist. I want to return the kettle (order #W1003) as it is leaking.", [("return_items", "#W1003", (["P-KET-1"], "gift-1"))]),
    ("Can you please change the payment for order #W1001 to my EFT?", [("change_payment", "#W1001", "eft-1")]),
    ("1. Cancel order #W1001 (ordered twice by accident)\n2. Return the shoes of order #W1002", [CANCEL, SHOES_BACK]),
    ("Hello\n\nPlease could you:\n- cancel order #W1001, it was ordered by mistake\n- return the shoes from order #W1002\n\nBaie dankie\nThandi", [CANCEL, SHOES_BACK]),
    ("I would like to cancel order #W1001 and return the shoes from order #W1002, I don't need them anymore.", [NOT_NEEDED, SHOES_BACK]),
]  # fmt: skip

UNCLEAR = [
    "Please return the shoes of order #W1002. My old gift card is lost, can the money go there?",
    "Please return the shoes of order #W1002. The card I have now is a Mastercard.",
    "Please return the shoes but not the backpack from #W1002",
    "I want to return the shoes if they can be refunded in cash, otherwise keep them.",
    "Please do not cancel order #W1001, I just want to know when it arrives.",
    "I already returned the shoes from #W1002. Where is my refund?",
    "What happens if I cancel order #W1001?",
    "Please cancel the return of the shoes, order #W1002, I no longer want it",
    "Return the shoes and kettle from #W1002",
    "Exchange the shoes in #W1002 for the backpack in olive",
    "Exchange the shoes for size 9 and return the backpack, order #W1002",
    "Return the shoes from order #W1002. Refund to my Mastercard.",
    "Please cancel order #W1001 tomorrow, I no longer need it",
    "Change the kettle in #W1001 to black or white",
    "Change the kettle in #W1001 to anything but red",
    "Change the kettle in #W1001 to black and then cancel the order, I don't need it",
    "Exchange the kettle in #W1001 for a red 1L one and also the lamp",
    "Return the blue shoes from order #W1002",
    "I want to return 2 backpacks from order #W1002",
    "Return shoes #W1002. Actually, rather exchange them for size 9.",
    "Please return the shoes from #W1002. Call me first.",
    "Please return the shoes from #W1002.\n\nRegards\nThandi\nPS please also cancel order #W1001",
    "Thanks for cancelling order #W1001, I no longer need it.",
    "You cancelled my order #W1001 by mistake! Please reinstate it.",
    "Please change my address to 8 Bree Street, Gardens, Cape Town 8001",
    "Change the address of order #W1001 from 27 Jan Smuts Avenue, Parktown, Johannesburg, 2193 to my mom's place",
    "Hallo, ek wil asseblief my bestelling #W1001 kanselleer, ek het dit per ongeluk bestel. Baie dankie, Thandi",
]


@pytest.mark.parametrize(("text", "wanted"), CLEAR)
def test_a_clear_message_is_proposed_as_written(text: str, wanted: list[object]) -> None:
    result = handle(text)
    assert done_by(result) == sorted(wanted, key=repr), proposal_of(result).unsure


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_message_goes_to_a_person_with_nothing_proposed(text: str) -> None:
    result = handle(text)
    proposal = proposal_of(result)
    assert proposal.unsure
    assert not proposal.resolution.actions
    assert proposal.resolution.reply is not None
    assert "[to be completed]" in proposal.resolution.reply.body


def test_what_the_policy_forbids_is_explained_and_the_rest_is_proposed() -> None:
    proposal = proposal_of(handle("Please cancel order #W1001 and #W1002, no longer needed"))
    assert [action.order_id for action in proposal.resolution.actions] == ["#W1001"]
    assert [refused.rule for refused in proposal.refused] == ["pending only"]
    assert proposal.resolution.reply is not None
    assert "#W1002 is delivered" in proposal.resolution.reply.body


def test_an_order_is_never_cancelled_in_part() -> None:
    proposal = proposal_of(handle("Cancel the lamp in order #W1001, I don't need it anymore"))
    assert not proposal.resolution.actions
    assert [refused.rule for refused in proposal.refused] == ["whole order"]


def test_a_variant_that_cannot_be_had_is_explained_not_replaced_by_another() -> None:
    proposal = proposal_of(handle("Please change the kettle in #W1001 to white"))
    assert not proposal.resolution.actions
    assert [refused.rule for refused in proposal.refused] == ["available variant"]


def test_on_one_order_the_address_comes_before_the_items() -> None:
    proposal = proposal_of(
        handle(
            "Please change the lamp in #W1001 to black and send the order to 8 Bree Street, Gardens, Cape Town, 8001"
        )
    )
    assert [action.kind for action in proposal.resolution.actions] == ["change_address", "change_items"]
    assert [action.action_id for action in proposal.resolution.actions] == ["a1", "a2"]


def test_a_cancellation_without_a_reason_is_asked_about() -> None:
    result = handle("Hi, please cancel order #W1001.")
    assert result.choice is not None
    assert result.choice.missing == [
        "why you would like to cancel: it is no longer needed, or it was ordered by mistake"
    ]


def test_the_answer_to_a_question_completes_the_request() -> None:
    result = handle("Hi, please cancel order #W1001.", replies=["I no longer need it, thanks"])
    assert done_by(result) == [NOT_NEEDED]


def test_an_introduction_in_the_answer_says_who_writes_and_leaves_the_request_as_it_was() -> None:
    message = a_message("Please return the shoes, they are too tight", from_address="x@elsewhere.example")
    assert handle(message).match.outcome == "nobody"
    answer = "Sure. I am Thandi Nkosi, postcode 8001. It is order #W1002.\n\nRegards\nThandi"
    assert done_by(handle(message, replies=[answer])) == [SHOES_BACK]


def test_an_item_in_the_answer_completes_a_return() -> None:
    assert handle("I want to return order #W1002").asks
    assert done_by(handle("I want to return order #W1002", replies=["The shoes please"])) == [SHOES_BACK]


def test_an_order_number_in_the_answer_completes_the_request() -> None:
    result = handle("Please cancel my order, I ordered it by mistake", replies=["It is order #W1001"])
    assert done_by(result) == [CANCEL]


def test_a_request_in_quoted_text_is_not_made_again() -> None:
    quoted = "On Mon, 3 Nov 2025 at 10:12, Baton Shop <care@shop.example> wrote:\n> Shall we return the shoes of #W1002?\n> Or cancel order #W1004?"
    assert done_by(handle(f"Please cancel order #W1001, no longer needed.\n\n{quoted}")) == [NOT_NEEDED]


def test_the_number_in_the_subject_counts_when_the_text_names_none() -> None:
    assert done_by(handle(a_message("Please cancel it, I ordered it by mistake.", subject="Order #W1001"))) == [CANCEL]


def test_nothing_is_proposed_from_an_old_copy_of_an_order() -> None:
    old = ORDERS["#W1001"].model_copy(update={"stale_since": "2025-11-01T08:00:00Z"})
    result = handle("Please cancel order #W1001, no longer needed", orders={**ORDERS, "#W1001": old})
    assert not proposal_of(result).resolution.actions
    assert proposal_of(result).unsure == ["only an old copy of order #W1001 could be read"]


def test_done_actions_are_not_proposed_again_and_numbers_go_on_after_them() -> None:
    cancelled = CancelOrder(action_id="a1", order_id="#W1001", order_version="v-#W1001", reason="ordered by mistake")
    done = DoneAction(action=cancelled, reference="R-1", statement="Order #W1001 is cancelled.")
    after = {**ORDERS, "#W1001": an_order("#W1001", "cancelled", ["P-KET-2", "P-LAM-1"])}
    text = "Cancel order #W1001, ordered by mistake. Return the shoes of order #W1002."
    proposal = proposal_of(handle(text, done=[done], orders=after))
    assert [(action.action_id, action.kind) for action in proposal.resolution.actions] == [("a2", "return_items")]
    assert proposal.resolution.reply is not None
    assert "Order #W1001 is cancelled." in proposal.resolution.reply.body
    assert not proposal.refused


def test_a_reviewers_wish_that_no_rule_can_follow_is_shown_and_costs_nobody_the_proposal() -> None:
    asked = handle("Please return the shoes of order #W1002", feedback=["offer her a voucher first"])
    assert done_by(asked) == [SHOES_BACK]
    proposal = proposal_of(asked)
    assert "offer her a voucher first" in proposal.remarks[0]
    assert not proposal.unsure


def test_an_order_that_changed_leads_to_a_fresh_proposal() -> None:
    changed = Setback(kind="changed", text="order #W1002 changed since it was approved: status was 'processed'")
    proposal = proposal_of(handle("Please return the shoes of order #W1002", setbacks=[changed]))
    assert list(proposed(proposal.resolution.actions)) == [SHOES_BACK]
    assert not proposal.remarks


LEFT_OUT = Setback(
    kind="given_up",
    text="a1 (return_items on #W1002) was left out",
    action_id="a1",
    action_kind="return_items",
    order_id="#W1002",
)
BOTH = "Cancel order #W1001, ordered by mistake. Return the shoes of order #W1002."


def test_an_action_that_a_person_did_without_is_not_proposed_again() -> None:
    for setback in (
        LEFT_OUT,
        Setback(kind="given_up", text=LEFT_OUT.text),
    ):  # the latter of a run before it was told of
        proposal = proposal_of(handle("Please return the shoes of order #W1002", setbacks=[setback]))
        assert (proposal.unsure, proposal.resolution.actions) == ([LEFT_OUT.text], [])


def test_what_else_a_message_asks_for_is_proposed_and_the_reviewer_is_told_what_the_reply_leaves_out() -> None:
    proposal = proposal_of(handle(BOTH, setbacks=[LEFT_OUT]))
    assert [(action.action_id, action.kind) for action in proposal.resolution.actions] == [("a2", "cancel_order")]
    assert proposal.remarks == [f"{LEFT_OUT.text}; the reply does not speak of it"]


def test_what_was_taken_back_for_it_is_not_proposed_again_either_and_alone_it_is() -> None:
    taken_back = Setback(kind="taken_back", text="taken back", action_kind="cancel_order", order_id="#W1001")
    proposal = proposal_of(handle(BOTH, setbacks=[LEFT_OUT, taken_back]))
    assert (proposal.unsure, proposal.resolution.actions) == ([LEFT_OUT.text, "taken back"], [])
    assert len(proposal_of(handle(BOTH, setbacks=[taken_back])).resolution.actions) == 2


def test_once_somebody_spoke_it_is_proposed_again_under_another_id() -> None:
    heard = LEFT_OUT.model_copy(update={"heard": True})
    proposal = proposal_of(handle("Please return the shoes of order #W1002", setbacks=[heard], feedback=["try again"]))
    assert [(action.action_id, action.kind) for action in proposal.resolution.actions] == [("a2", "return_items")]
    assert not proposal.unsure


def test_of_an_older_run_whose_lines_may_be_anybodys_nothing_is_proposed_again() -> None:
    asked = handle("Please return the shoes of order #W1002").ask
    assert asked is not None
    old = asked.model_copy(update={"feedback": ["a1 (return_items on #W1002) was left out"], "setbacks": None})
    proposal = propose(old)
    assert (proposal.unsure, proposal.resolution.actions) == (old.feedback, [])


def test_the_same_message_gives_the_same_action_ids_in_every_revision() -> None:
    first = proposal_of(handle("Return the shoes of order #W1002")).resolution.actions
    again = proposal_of(
        handle(
            "Return the shoes of order #W1002",
            setbacks=[Setback(kind="forbidden", text="a1: current version. the order changed")],
        )
    ).resolution.actions
    assert [action.model_dump() for action in first] == [action.model_dump() for action in again]
