"""A file of products, users and orders as an order system that only reads, and remembers which orders were read."""

import json
from pathlib import Path
from typing import Any

from baton.connectors.shop_documents import CustomerDocument, OrderDocument, ProductDocument
from baton.contracts.orders import Customer, Order, Product
from baton.contracts.systems import CustomerQuery
from baton.contracts.wire import digest_of

Rows = dict[str, Any]


def rows_of(file: Path) -> Rows:
    """The file's tables `products`, `users` and `orders`, each by id."""
    rows: Rows = json.loads(file.read_text(encoding="utf-8"))
    return rows


class OrderFile:
    """The order system of one case."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.read: list[str] = []

    def find(self, query: CustomerQuery) -> list[Customer]:
        """All customers that match exactly, letter case aside."""
        return [
            CustomerDocument.model_validate(row).customer() for row in self._rows["users"].values() if _fits(row, query)
        ]

    def order(self, order_id: str) -> Order:
        """One order."""
        self.read.append(order_id)
        row = self._rows["orders"][order_id]
        return OrderDocument.model_validate(row).order(digest_of(row)[:16])

    def product(self, product_id: str) -> Product:
        """One product."""
        return ProductDocument.model_validate(self._rows["products"][product_id]).product()


def _fits(row: Rows, query: CustomerQuery) -> bool:
    name = f"{row['name']['first_name']} {row['name']['last_name']}".lower()
    if query.customer_id:
        return bool(row["user_id"] == query.customer_id)
    if query.email:
        return bool(row["email"].lower() == query.email.lower())
    return name == (query.name or "").lower() and row["address"]["zip"] == query.postcode
