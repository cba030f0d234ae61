"""What the policy says on a question, and whether an order can still be returned."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.tools.policy import PolicyTools
from baton.agents.policy_questions import return_window
from baton.contracts.enquiry import PolicyPassages
from baton.contracts.orders import Order
from baton.contracts.tools.policy import ReturnWindow

from .conftest import Shop
from .doing import done

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
THIRTY_DAYS = "# Returns\n\nItems can be returned within 30 days of delivery.\n\n# Other\n\nWithin 5 days."


def order(status: str = "delivered", delivered_at: datetime | None = None) -> Order:
    return Order(order_id="#W1", customer_id="c", status=status, version="1", items=[], delivered_at=delivered_at)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Can a gift card be used for a refund of an order that was cancelled?", "Cancelling an order"),
        ("How do we exchange delivered items?", "Exchanging delivered items"),
        ("may a customer change the delivery address", "Changing the delivery address"),
        ("What is our policy on returns?", "Returning delivered items"),
    ],
)
async def test_the_passage_on_a_question_comes_first_word_for_word(question: str, title: str) -> None:
    found = await done(PolicyTools.reading(None).search_policy, PolicyPassages, question=question)
    assert found.passages[0].title == title
    assert len(found.passages) <= 3


async def test_where_the_policy_says_nothing_there_is_no_passage() -> None:
    found = await done(PolicyTools.reading(None).search_policy, PolicyPassages, question="Do you like giraffes?")
    assert found.passages == []


async def test_a_delivered_order_can_be_returned_where_the_policy_sets_no_end(shop: Shop) -> None:
    tools = PolicyTools.reading(None)
    delivered = await shop.orders.get_order(shop.one_of("delivered")["order_id"])
    pending = await shop.orders.get_order(shop.one_of("pending")["order_id"])
    open_one = await done(tools.check_return_window, ReturnWindow, order=delivered.model_dump(mode="json"))
    other = await done(tools.check_return_window, ReturnWindow, order=pending.model_dump(mode="json"))
    assert (open_one.open, open_one.closes_at) == (True, None)
    assert not other.open
    why = "it is pending, and only a delivered order is taken back"
    assert other.statement == f"Order {pending.order_id} cannot be returned: {why}"


@pytest.mark.parametrize(("days", "whether"), [(29, True), (30, True), (31, False)])
def test_the_window_is_as_long_as_the_policy_says(days: int, whether: bool) -> None:
    window = return_window(order(delivered_at=NOW - timedelta(days=days)), THIRTY_DAYS, NOW)
    assert (window.open, window.closes_at) == (whether, NOW + timedelta(days=30 - days))


def test_a_window_without_a_day_of_delivery_is_not_said_to_be_open() -> None:
    assert not return_window(order(), THIRTY_DAYS, NOW).open


def test_a_time_without_a_zone_is_universal_time() -> None:
    naive = (NOW - timedelta(days=1)).replace(tzinfo=None)
    assert return_window(order(delivered_at=naive), THIRTY_DAYS, NOW.replace(tzinfo=None)).open
