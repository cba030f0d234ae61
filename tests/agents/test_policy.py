"""The rules on actions, alone and together, and the passages that apply."""

from decimal import Decimal

import pytest

from baton.agents.policy import check, look_up
from baton.contracts.enquiry import CheckPolicy, DoneAction, LookUpPolicy, Reading, Request, Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import (
    Action,
    Address,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    ReturnItems,
    Swap,
)

from .retail import HERE
from .shop import HOME, ORDERS, PIETER, PRODUCTS, THANDI, an_order, handle, proposal_of


def rule_of(
    *actions: Action,
    customer: Customer | None = THANDI,
    done: list[DoneAction] | None = None,
    orders: dict[str, Order] | None = None,
) -> list[str]:
    """The rule that decided on each action."""
    verdict = check(
        CheckPolicy(
            resolution=Resolution(actions=list(actions)),
            customer=customer,
            orders=list((orders or ORDERS).values()),
            products=list(PRODUCTS.values()),
            done=done or [],
        )
    )
    return ["" if judgement.allowed else judgement.rule for judgement in verdict.judgements]


def cancel(order_id: str = "#W1001", **more: str) -> CancelOrder:
    more.setdefault("order_version", f"v-{order_id}")
    more.setdefault("reason", "no longer needed")
    return CancelOrder(action_id="a1", order_id=order_id, **more)


def give_back(*item_ids: str, order_id: str = "#W1002", refund_to: str = "card-1") -> ReturnItems:
    return ReturnItems(
        action_id="a2", order_id=order_id, order_version=f"v-{order_id}", item_ids=list(item_ids), refund_to=refund_to
    )


def swap(new: str, old: str = "P-SHO-2", order_id: str = "#W1002", pay_with: str = "card-1") -> ExchangeItems:
    return ExchangeItems(
        action_id="a3",
        order_id=order_id,
        order_version=f"v-{order_id}",
        swaps=[Swap(item_id=old, new_item_id=new)],
        pay_with=pay_with,
    )


def change(new: str, old: str = "P-KET-2", pay_with: str = "card-1") -> ChangeItems:
    return ChangeItems(
        action_id="a4",
        order_id="#W1001",
        order_version="v-#W1001",
        swaps=[Swap(item_id=old, new_item_id=new)],
        pay_with=pay_with,
    )


def move_to(address: Address) -> ChangeAddress:
    return ChangeAddress(action_id="a5", order_id="#W1001", order_version="v-#W1001", address=address)


def pay(pay_with: str) -> ChangePayment:
    return ChangePayment(action_id="a6", order_id="#W1001", order_version="v-#W1001", pay_with=pay_with)


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        (cancel(), ""),
        (cancel(reason="ordered by mistake"), ""),
        (cancel(reason="found it cheaper"), "cancel reason"),
        (cancel("#W1002"), "pending only"),
        (cancel("#W1004"), "pending only"),
        (cancel("#W9001"), "own order"),
        (cancel("#W7777"), "known order"),
        (cancel(order_version="older"), "current version"),
        (give_back("P-SHO-2"), ""),
        (give_back("P-SHO-2", "P-BAG-1", refund_to="gift-1"), ""),
        (give_back("P-SHO-2", refund_to="eft-1"), "refund method"),
        (give_back("P-SHO-2", refund_to="card-of-another"), "method on file"),
        (give_back("P-SHO-2", "P-SHO-2"), "items of the order"),
        (give_back("P-KET-1"), "items of the order"),
        (give_back(), "items of the order"),
        (give_back("P-KET-2", order_id="#W1001"), "delivered only"),
        (swap("P-SHO-3"), ""),
        (swap("P-SHO-2"), ""),
        (swap("P-BAG-2"), "same product"),
        (swap("no-such-item"), "same product"),
        (swap("P-SHO-4", pay_with="gift-1"), ""),
        (swap("P-KET-2", old="P-KET-1", order_id="#W1003", pay_with="card-of-another"), "method on file"),
        (change("P-KET-3"), ""),
        (change("P-KET-4"), "available variant"),
        (change("P-KET-2"), "different variant"),
        (move_to(HOME), ""),
        (move_to(HOME.model_copy(update={"postcode": " "})), "complete address"),
        (pay("eft-1"), ""),
        (pay("card-1"), "other method"),
        (pay("gift-1"), "gift card balance"),
    ],
)
def test_each_action_is_judged_by_its_rule(action: Action, rule: str) -> None:
    assert rule_of(action) == [rule]


def test_nothing_is_allowed_for_a_customer_who_was_not_identified() -> None:
    assert rule_of(cancel(), customer=None) == ["own order"]
    assert rule_of(cancel(), customer=PIETER) == ["own order"]


def test_an_old_copy_allows_nothing() -> None:
    old = ORDERS["#W1001"].model_copy(update={"stale_since": "2025-11-01T08:00:00Z"})
    assert rule_of(cancel(), orders={"#W1001": old}) == ["fresh copy"]


def test_actions_on_one_order_must_fit_together() -> None:
    assert rule_of(change("P-KET-3"), cancel()) == ["", "one purpose"]
    assert rule_of(cancel(), change("P-KET-3")) == ["", "one purpose"]
    assert rule_of(give_back("P-SHO-2"), swap("P-SHO-3")) == ["", "items once"]
    assert rule_of(give_back("P-SHO-2"), give_back("P-BAG-1")) == ["", "items once"]
    assert rule_of(cancel(), cancel()) == ["", "one purpose"]


def test_address_and_payment_come_before_the_items_that_close_the_order() -> None:
    assert rule_of(move_to(HOME), pay("eft-1"), change("P-KET-3")) == ["", "", ""]
    assert rule_of(change("P-KET-3"), move_to(HOME)) == ["", "items once"]


def test_what_is_done_already_counts() -> None:
    done = [DoneAction(action=change("P-KET-3"), reference="R-1", statement="changed")]
    assert rule_of(change("P-KET-1"), done=done) == ["items once"]
    assert rule_of(cancel(), done=done) == ["items once"]


def test_a_gift_card_is_spent_once_and_gets_a_cancelled_orders_money_first() -> None:
    by_gift = an_order("#W2000", "pending", ["P-BAG-1"], paid_with="gift-1")
    owner = THANDI.model_copy(update={"order_ids": [*THANDI.order_ids, "#W2000"]})
    orders = {**ORDERS, "#W2000": by_gift}
    assert rule_of(pay("gift-1"), customer=owner, orders=orders) == ["gift card balance"]
    freed = CancelOrder(action_id="a0", order_id="#W2000", order_version="v-#W2000", reason="no longer needed")
    assert by_gift.payments[0].amount + Decimal(150) > ORDERS["#W1001"].payments[0].amount
    assert rule_of(freed, pay("gift-1"), customer=owner, orders=orders) == ["", ""]
    done = [DoneAction(action=freed, reference="R", statement="cancelled")]
    assert rule_of(pay("gift-1"), customer=owner, orders=orders, done=done) == [""]


def test_the_version_is_the_same_for_the_same_rules() -> None:
    empty = CheckPolicy(resolution=Resolution())
    assert check(empty).version == check(empty).version
    assert check(empty).version.startswith("rules-")


def passages_for(*kinds: str) -> list[str]:
    requests = [Request(kind=kind, words="x", confidence=1) for kind in kinds]
    reading = Reading(requests=requests, hints={}, confidence=1)
    found = look_up(LookUpPolicy(reading=reading), HERE.read_text(), "policy.md")
    assert all(passage.text in HERE.read_text() for passage in found.passages)
    return [passage.title for passage in found.passages]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("cancel", "Cancelling an order"),
        ("return", "Returning delivered items"),
        ("exchange", "Exchanging delivered items"),
        ("change_address", "Changing the delivery address"),
        ("change_items", "Changing the items of an order"),
        ("change_payment", "Changing the payment method"),
        ("order_status", "Order status and tracking"),
        ("product_question", "Questions about products"),
    ],
)
def test_each_kind_of_request_finds_its_passage_and_the_general_one(kind: str, title: str) -> None:
    found = passages_for(kind)
    assert title in found
    assert found[0] == "General rules"
    assert len(found) < 6


def test_another_version_of_the_text_has_another_version() -> None:
    reading = Reading(requests=[], hints={}, confidence=1)
    one = look_up(LookUpPolicy(reading=reading), "# General\n\nA", "x")
    other = look_up(LookUpPolicy(reading=reading), "# General\n\nB", "x")
    assert one.version != other.version


def breaches_of_reply(body: str, *, edited: bool) -> list[tuple[str, str]]:
    reply = OutgoingMail(to="thandi.nkosi@example.co.za", subject="Re: Order", body=body)
    verdict = check(CheckPolicy(resolution=Resolution(reply=reply), edited=edited))
    return [(breach.action_id, breach.rule) for breach in verdict.breaches]


def test_an_edited_reply_with_our_gap_left_in_it_is_a_breach() -> None:
    unfinished = [("reply", "the reply is unfinished")]
    skeleton = proposal_of(handle("Please call me about order #W1001")).resolution.reply
    assert skeleton is not None
    assert breaches_of_reply(skeleton.body, edited=True) == unfinished
    assert breaches_of_reply("Hello,\n\n[To be completed ]\n\nBye", edited=True) == unfinished
    assert breaches_of_reply(" \n\t\n", edited=True) == unfinished
    assert breaches_of_reply("Dear Thandi,\n\nWe will call you today.", edited=True) == []


def test_a_skeleton_that_waits_for_a_person_is_no_breach() -> None:
    assert breaches_of_reply("Hello,\n\n[to be completed]\n\nKind regards", edited=False) == []
    assert check(CheckPolicy(resolution=Resolution(), edited=True)).breaches == []
