"""Our own shop's file holds together: what one table names is in the other, and money adds up."""

import email
import email.policy
from collections import Counter
from pathlib import Path

import pytest

from demo.shop_file import OWN_SHOP, ShopFile

TABLES = ShopFile.read(OWN_SHOP).tables
ENQUIRIES = sorted((OWN_SHOP.parent / "enquiries").glob("*.eml"))


def test_every_order_is_its_customers_and_paid_by_a_method_on_file() -> None:
    for order_id, order in TABLES["orders"].items():
        customer = TABLES["users"][order["user_id"]]
        assert order_id == order["order_id"] and order_id in customer["orders"]
        assert {paid["payment_method_id"] for paid in order["payment_history"]} <= customer["payment_methods"].keys()
        assert round(sum(item["price"] for item in order["items"]), 2) == order["payment_history"][0]["amount"]


def test_every_item_is_a_variant_at_its_price() -> None:
    for order in TABLES["orders"].values():
        for item in order["items"]:
            product = TABLES["products"][item["product_id"]]
            variant = product["variants"][item["item_id"]]
            assert (item["name"], item["price"], item["options"]) == (
                product["name"],
                variant["price"],
                variant["options"],
            )


def test_all_statuses_occur_and_all_addresses_are_reserved_ones() -> None:
    statuses = Counter(order["status"] for order in TABLES["orders"].values())
    assert statuses.keys() == {"pending", "processed", "delivered", "cancelled"}
    for customer in TABLES["users"].values():
        assert customer["email"].endswith(".example")
        assert len(customer["address"]["zip"]) == 4


@pytest.mark.parametrize("path", ENQUIRIES, ids=lambda path: path.stem)
def test_each_enquiry_is_a_mail_with_an_id_and_a_text(path: Path) -> None:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))

    assert body is not None and len(body.get_content()) > 40
    assert mail["Message-ID"] and mail["Date"] and mail["From"].addresses[0].domain.endswith(".example")


def test_the_enquiries_of_customers_come_from_their_address_on_file() -> None:
    senders = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)["From"].addresses[0].addr_spec
        for path in ENQUIRIES
    ]
    on_file = {customer["email"] for customer in TABLES["users"].values()}
    assert [sender in on_file for sender in senders] == [True, True, False]
