import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx

from demo.servers import DemoSystems

ENTRY = {"enquiry_id": "INQ-1", "contact_id": "thandi_nkosi_4471", "outcome": "resolved", "summary": "Boots exchanged",
         "at": datetime(2026, 11, 22, tzinfo=UTC).isoformat()}  # fmt: skip


def test_a_contact_is_the_customer_without_payment_methods(crm: httpx.Client) -> None:
    [contact] = crm.get("/contacts", params={"email": "thandi.nkosi@posbus.example"}).json()

    assert contact["contact_id"] == "thandi_nkosi_4471"
    assert "payment_methods" not in contact


def test_the_crms_order_copy_keeps_its_date_while_the_order_moves_on(fresh: DemoSystems, crm: httpx.Client) -> None:
    before = crm.get("/orders/W1043118").json()
    headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
    body = {"kind": "cancel_order", "reason": "no longer needed"}
    httpx.post(f"{fresh.orders_url}/orders/W1043118/actions", json=body, headers=headers).raise_for_status()

    after = crm.get("/orders/%23W1043118").json()

    assert after == before
    assert (after["order"]["status"], datetime.fromisoformat(after["as_of"]).tzinfo) == ("pending", UTC)
    assert crm.get("/orders/W0").status_code == 404


def test_an_entry_is_written_once_per_key(crm: httpx.Client) -> None:
    first = crm.post("/entries", json=ENTRY, headers={"Idempotency-Key": "k"})
    again = crm.post("/entries", json=ENTRY, headers={"Idempotency-Key": "k"})
    other = crm.post("/entries", json={**ENTRY, "outcome": "rejected"}, headers={"Idempotency-Key": "k"})

    assert (first.status_code, again.headers["idempotent-replayed"], other.status_code) == (201, "true", 422)
    assert crm.get("/entries", params={"enquiry_id": "INQ-1"}).json() == [again.json()]
    assert crm.get("/entries", params={"enquiry_id": "INQ-2"}).json() == []
    assert crm.get("/entries", params={"key": "k"}).json() == [first.json()]


def test_an_entry_needs_a_key_and_its_form(crm: httpx.Client) -> None:
    assert crm.post("/entries", json=ENTRY).status_code == 400
    refused = crm.post("/entries", json={"enquiry_id": "Thandi"}, headers={"Idempotency-Key": "k"})
    assert (refused.status_code, "Thandi" in refused.text) == (422, False)


def test_without_keys_a_repeat_is_written_again_and_both_are_found_by_their_enquiry(tmp_path: Path) -> None:
    with DemoSystems.running(tmp_path, keys=False) as systems, httpx.Client(base_url=systems.crm_url) as crm:
        answers = [crm.post("/entries", json=ENTRY, headers={"Idempotency-Key": "k"}) for _ in range(2)]

        assert [each.status_code for each in answers] == [201, 201]
        assert crm.get("/entries", params={"enquiry_id": "INQ-1"}).json() == [each.json() for each in answers]
        assert crm.get("/entries", params={"key": "k"}).json()["type"] == "/problems/no-keys"


def deliver(systems: DemoSystems, mail: EmailMessage, times: int = 1) -> None:
    with smtplib.SMTP(systems.smtp_host, systems.smtp_port, local_hostname="shop.example", timeout=5) as smtp:
        for _ in range(times):
            smtp.send_message(mail)


def a_mail(text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "care@shop.example", "thandi@posbus.example", "Ná die naweek"
    mail["Message-ID"], mail["In-Reply-To"], mail["References"] = "<m/1@shop.example>", "<q@x.example>", "<p@x> <q@x>"
    mail.set_content(text)
    return mail


def test_a_mail_is_shown_as_it_was_meant(fresh: DemoSystems, mail: httpx.Client) -> None:
    deliver(fresh, a_mail("Môre!\n.dot\nBye\n"))

    shown = mail.get("/messages/%3Cm%2F1@shop.example%3E").json()

    assert (shown["subject"], shown["text"]) == ("Ná die naweek", "Môre!\n.dot\nBye\n")
    assert (shown["in_reply_to"], shown["references"]) == ("<q@x.example>", ["<p@x>", "<q@x>"])
    assert (shown["envelope_to"], shown["copies"]) == (["thandi@posbus.example"], 1)
    assert mail.get("/messages/nobody@x").status_code == 404


def test_a_mail_sent_twice_is_seen_twice(fresh: DemoSystems, mail: httpx.Client) -> None:
    deliver(fresh, a_mail("Hello"), times=2)

    assert [each["copies"] for each in mail.get("/messages").json()] == [2, 2]
    assert mail.get("/messages/m/1@shop.example").json()["copies"] == 2
    assert len(mail.get("/messages", params={"to": "THANDI@posbus.example"}).json()) == 2
    assert mail.get("/messages", params={"to": "johan@vdm.example"}).json() == []


def test_the_page_for_people_runs_nothing_that_a_mail_brings(fresh: DemoSystems, mail: httpx.Client) -> None:
    deliver(fresh, a_mail("<script>alert(1)</script>"))

    page = mail.get("/").text

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
