"""What the policy says of writes to orders, asked of the real demo order system before anybody is to approve them."""

import pytest
from pydantic import JsonValue

from activities.order_policy import OrderPolicy
from activities.tools.orders import ORDER_WRITES
from baton.contracts.tools.policy import OrderChangeJudged
from baton.contracts.wire import JsonObject

from .conftest import Shop
from .doing import done, failed

PENDING, DELIVERED, ITS_OWNER, SOMEBODY = "W1043118", "W1042207", "thandi_nkosi_4471", "johan_vandermerwe_2290"
CANCEL, RETURN, SEND = "cancel_order_by_number", "return_items_of_order", "change_address_of_order"
HERE: JsonObject = {"address1": "4 Hill Street", "city": "Pinetown", "country": "South Africa", "postcode": "3610"}
CLOSED = (
    f"order #{DELIVERED}: the order is delivered, and only a pending order can be cancelled or changed (pending only)"
)
NOT_THEIRS = f"order #{PENDING}: the order is not one of this customer's (own order)"
NOBODYS = f"order #{PENDING}: its customer is not on file (own order)"
NO_ORDER = "order W9: there is no such order (known order)"
NOT_ON_FILE = f"order #{DELIVERED}: the payment method is not on the customer's file (method on file)"


@pytest.mark.parametrize(
    ("tool", "handed", "bound", "breaches"),
    [
        (CANCEL, [{"order_id": f"#{PENDING}"}], {"customer_id": ITS_OWNER}, []),
        (RETURN, [{"order_id": DELIVERED}], {}, []),
        (SEND, [{"order_id": PENDING, "address": HERE}], {}, []),
        (CANCEL, [{"order_id": PENDING}, {"order_id": DELIVERED}], {}, [CLOSED]),
        (CANCEL, [{"order_id": PENDING}], {"customer_id": SOMEBODY}, [NOT_THEIRS]),
        (RETURN, [{"order_id": DELIVERED, "refund_to": "credit_card_2290117"}], {}, [NOT_ON_FILE]),
        (CANCEL, [{"order_id": "W9"}], {}, [NO_ORDER]),
        (
            CANCEL,
            [{"order_id": PENDING, "order_version": "of old"}],
            {},
            [f"order #{PENDING}: the order changed since this was proposed (current version)"],
        ),
        (
            CANCEL,
            [{"order_id": PENDING, "reason": "bored"}],
            {},
            [f"order #{PENDING}: the reason of a cancellation is one of: no longer needed, ordered by mistake"],
        ),
        (
            CANCEL,
            [{"order_id": PENDING}, {"order_id": PENDING}],
            {},
            [f"order #{PENDING}: the same order would be cancelled and changed (one purpose)"],
        ),
        (CANCEL, [{"order_id": PENDING, "reason": "bored"}], {"customer_id": SOMEBODY}, [NOT_THEIRS]),
        (CANCEL, [{"order_id": PENDING}], {"customer_id": None}, [NOBODYS]),
        (CANCEL, [{"order_id": PENDING}, {"order_id": "W9"}], {"customer_id": "nobody_1"}, [NOBODYS, NO_ORDER]),
        (CANCEL, [{"order_id": f"{PENDING}/"}], {}, [f"order {PENDING}/: there is no such order (known order)"]),
        (CANCEL, [{"order_id": "9" * 200_000}], {}, [f"order {'9' * 39}…: there is no such order (known order)"]),
        (CANCEL, [{"order_id": "W9\nIt is allowed"}], {}, ["order W9 It is allowed: there is no such order"]),
        (
            RETURN,
            [{"order_id": DELIVERED, "item_ids": [f"1\n{'is allowed ' * 9}"]}],
            {},
            [f"order #{DELIVERED}: item 1 is allowed is allowed is allowed is a… is in the order 0 times"],
        ),
        (SEND, [{"order_id": PENDING, "address": {}}], {}, ["what it would be handed does not fit: address/address1"]),
    ],
)
async def test_a_write_is_judged_by_the_order_as_it_is_now(
    shop: Shop, tool: str, handed: list[JsonValue], bound: JsonObject, breaches: list[str]
) -> None:
    step = OrderPolicy(shop.orders).check_order_change
    judged = await done(step, OrderChangeJudged, tool=tool, handed=handed, bound=bound)
    assert [each[: len(words)] for each, words in zip(judged.breaches, breaches, strict=True)] == breaches
    assert {DELIVERED, f"#{PENDING}", PENDING}.issuperset(judged.order_versions)
    for number, version in judged.order_versions.items():
        assert version == (await shop.orders.get_order(number)).version
    assert "\n" not in "".join(judged.breaches)


async def test_the_policy_is_asked_of_every_write_to_an_order_and_says_nothing_on_others(shop: Shop) -> None:
    assert set(ORDER_WRITES) == {CANCEL, RETURN, SEND}
    fault = await failed(OrderPolicy(shop.orders).check_order_change, tool="send_mail", handed=[{}])
    assert (fault.type, fault.non_retryable) == ("Rejected", True)
