"""The CRM's tools against the real demo CRM."""

from typing import Any

from activities.tools.crm import CrmTools
from baton.contracts.orders import Customer, Order
from baton.contracts.tools.messages import NoteLogged
from tests.activities.attempts import attempt, word

from .conftest import Shop
from .doing import KEY, done, failed

THANDI = "thandi_nkosi_4471"


async def test_a_contact_is_found_by_address_and_by_name(shop: Shop) -> None:
    tools = CrmTools(shop.crm)
    by_email = await done(tools.find_contact_by_email, Customer, email="thandi.nkosi@posbus.example")
    by_name = await done(tools.find_contact_by_name, Customer, name="Thandi Nkosi", postcode="0083")
    assert by_email == by_name
    assert by_email.payment_methods == []


async def test_an_old_copy_of_an_order_says_that_it_is_one(shop: Shop) -> None:
    order = await done(CrmTools(shop.crm).recall_order, Order, order_id="#W1042207")
    assert order.stale_since is not None


async def test_a_note_is_written_once_into_the_customers_history(any_shop: Shop) -> None:
    tools = CrmTools(any_shop.crm)
    handed: dict[str, Any] = {"text": "called back", "customer_id": THANDI, "key": KEY}
    first = await done(tools.log_note, NoteLogged, **handed)
    later = attempt(2, last_word=word("dispatching"))
    again = await done(CrmTools(any_shop.crm).log_note, NoteLogged, later, **handed)
    assert first == again
    (entry,) = any_shop.entries()
    assert (entry["enquiry_id"], entry["summary"], entry["contact_id"]) == ("GOAL-1", "called back", THANDI)


async def test_a_card_number_in_a_note_is_masked_before_it_leaves(shop: Shop) -> None:
    await done(CrmTools(shop.crm).log_note, NoteLogged, text="paid with 4111 1111 1111 1111", key=KEY)
    assert shop.entries()[0]["summary"] == "paid with [card ending 1111]"


async def test_nobody_is_not_found(shop: Shop) -> None:
    fault = await failed(CrmTools(shop.crm).find_contact_by_email, email="nobody@posbus.example")
    assert fault.type == "NotFound"
