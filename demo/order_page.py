"""The order system's page for people: what was done, the latest first, and every order with status and version."""

from collections.abc import Mapping
from typing import Any

from .documents import Stored
from .pages import at, page, shown
from .shop_file import OrderDoc, ShopDoc

_API = '<a href="/actions">/actions</a>, <a href="/dump">/dump</a>'


def order_page(shop: ShopDoc | None, orders: Mapping[str, Stored], performed: list[dict[str, Any]]) -> str:
    """`performed` oldest first, as it is kept; orders that were changed stand before the others."""
    done = "".join(_done(each) for each in reversed(performed)) or "<p>Nothing was done yet.</p>"
    changed_first = sorted(orders.values(), key=lambda each: each.version == 1)
    rows = "".join(_row(each, shop) for each in changed_first)
    body = (
        f"<h2>What was done</h2>{done}<h2>{len(orders)} orders</h2><table><tr><th>Order<th>Customer<th>Status"
        f'<th>Version<th>Items<th class="number">Items’ price</tr>{rows}</table>'
    )
    return page(f"Orders of {shop['name']}" if shop else "Order system", body, _API)


def _done(performed: dict[str, Any]) -> str:
    order_id, order = performed["order_id"], performed["order"]
    about = f' of <a href="#{shown(order_id)}">{shown(order_id)}</a>' if order_id else ""
    version = f", order now at version {shown(performed['order_version'])}" if order_id else ""
    names = {item["item_id"]: f"{item['name']} ({item['item_id']})" for item in order["items"]} if order else {}
    asked = "".join(_asked(field, value, names) for field, value in performed["asked"].items() if field != "kind")
    return (
        f"<article><h3>{shown(_words(performed['kind']))}{about}</h3>"
        f"<p>{shown(performed['reference'])}, {at(performed['performed_at'])}{version}</p>{asked}"
        f"<p>Key: {shown(performed['key'] or 'none is kept')}</p></article>"
    )


def _asked(field: str, value: Any, names: Mapping[str, str]) -> str:
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    told = ", ".join(names.get(str(each), str(each)) for each in values if each != "")
    return f"<p>{shown(_words(field))}: {shown(told)}</p>"


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _row(stored: Stored, shop: ShopDoc | None) -> str:
    order: OrderDoc = stored.document
    items = "<br>".join(shown(f"{item['name']} ({', '.join(item['options'].values())})") for item in order["items"])
    price = sum(item["price"] for item in order["items"])
    currency = f" {shop['currency']}" if shop else ""
    changed = ' class="changed"' if stored.version > 1 else ""
    return (
        f'<tr id="{shown(order["order_id"])}"{changed}><td>{shown(order["order_id"])}<td>{shown(order["user_id"])}'
        f"<td>{shown(order['status'])}<td>{stored.version}<td>{items}"
        f'<td class="number">{price:,.2f}{shown(currency)}</tr>'
    )
