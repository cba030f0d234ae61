"""The pages for people: everything on them, nothing from elsewhere, and nothing that a text brings is run."""

import json
import re
from pathlib import Path

import httpx

from demo.servers import DemoSystems
from demo.shop_file import OWN_SHOP
from tests.demo.test_crm_and_mail import ENTRY

ORDER = "/orders/W1043118"
CANCEL = {"kind": "cancel_order", "reason": "no longer needed"}


def needs_nothing_from_elsewhere(page: str) -> bool:
    sources = re.findall(r"""(?:src|href)=["']([^"']+)|url\(([^)]+)""", page)
    return not any("//" in place for found in sources for place in found) and "<script" not in page


def once(key: str, version: int = 1) -> dict[str, str]:
    return {"Idempotency-Key": key, "If-Match": f'"{version}"'}


def test_the_order_systems_page_shows_what_was_done_and_every_order_with_its_version(orders: httpx.Client) -> None:
    assert "Nothing was done yet." in orders.get("/").text
    orders.post(f"{ORDER}/actions", json=CANCEL, headers=once("first")).raise_for_status()
    address = {"address1": "1 New Road", "city": "Paarl", "country": "South Africa", "zip": "7646"}
    orders.put("/customers/thandi_nkosi_4471/address", json=address, headers=once("second")).raise_for_status()

    answer = orders.get("/")

    assert answer.headers["content-type"].startswith("text/html")
    page = answer.text
    assert needs_nothing_from_elsewhere(page)
    assert page.index("Key: second") < page.index("Cancel order of") < page.index("Key: first")
    row = page[page.index('<tr id="#W1043118"') :].partition("</tr>")[0]
    assert "<td>cancelled<td>2<td>" in row
    assert page.index('<tr id="') == page.index('<tr id="#W1043118"')
    for order_id in json.loads(OWN_SHOP.read_text())["orders"]:
        assert f'<tr id="{order_id}"' in page


def test_the_crms_page_shows_its_entries_the_latest_first(crm: httpx.Client) -> None:
    assert "No entries yet." in crm.get("/").text
    crm.post("/entries", json=ENTRY, headers=once("first"))
    told = {"outcome": "handled_outside", "actions": ["cancelled #W1"], "decided_by": "nomsa", "archive": "kept.jsonl"}
    later = {**ENTRY, **told, "enquiry_id": "INQ-2", "contact_id": None, "at": "2026-11-23T10:00:00+02:00"}
    crm.post("/entries", json=later, headers=once("second"))

    page = crm.get("/").text

    assert needs_nothing_from_elsewhere(page)
    assert page.index("INQ-2: handled outside") < page.index("INQ-1: resolved")
    for words in ("2026-11-23 08:00:00 UTC", "Decided by nomsa", "Done: cancelled #W1", "kept.jsonl", "not known"):
        assert words in page


def test_the_pages_run_nothing_that_a_shop_or_an_entry_brings(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script>\"'&"
    shop = json.loads(OWN_SHOP.read_text().replace("Hiking Boots", json.dumps(nasty)[1:-1]))
    shop["shop"] = {"name": nasty, "currency": nasty}
    for order in shop["orders"].values():
        order["status"] = nasty if order["status"] == "processed" else order["status"]
        order["items"][0]["options"] = {"size": nasty}
    shop["orders"][nasty] = {**shop["orders"]["#W1043118"], "order_id": nasty, "user_id": nasty}
    (tmp_path / "nasty.json").write_text(json.dumps(shop))
    with DemoSystems.running(tmp_path / "state", tmp_path / "nasty.json") as systems:
        words = dict.fromkeys(("enquiry_id", "contact_id", "outcome", "summary", "decided_by", "archive"), nasty)
        entry = {**ENTRY, **words, "actions": [nasty]}
        httpx.post(f"{systems.crm_url}/entries", json=entry, headers=once(nasty)).raise_for_status()
        address = {"address1": nasty, "city": nasty, "country": nasty, "zip": nasty}
        httpx.put(
            f"{systems.orders_url}/customers/thandi_nkosi_4471/address", json=address, headers=once(nasty)
        ).raise_for_status()
        for url in (systems.orders_url, systems.crm_url):
            page = httpx.get(url).text
            assert needs_nothing_from_elsewhere(page)
            assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;" in page


def test_looking_at_a_page_uses_no_fault_up(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "fail", "status": 503})

    assert orders.get("/").status_code == 200
    assert orders.get(ORDER).status_code == 503
