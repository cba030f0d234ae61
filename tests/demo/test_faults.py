import smtplib
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from demo.servers import DemoSystems

CANCEL = {"kind": "cancel_order", "reason": "no longer needed"}
ONCE = {"Idempotency-Key": "k1", "If-Match": '"1"'}
ORDER = "/orders/W1043118"


def send(systems: DemoSystems, message_id: str = "<m1@shop.example>") -> None:
    with smtplib.SMTP(systems.smtp_host, systems.smtp_port, local_hostname="shop.example", timeout=5) as smtp:
        text = f"Message-ID: {message_id}\r\nTo: a@b.example\r\nSubject: Hi\r\n\r\nHello\r\n"
        smtp.sendmail("shop@shop.example", ["a@b.example"], text)


def test_fail_answers_the_next_requests_with_the_status_and_a_pause(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "fail", "status": 503, "count": 2, "retry_after": 7})

    answers = [orders.get(ORDER) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert orders.get("/faults").json() == []


def test_a_fault_may_be_for_one_method_and_path_alone(orders: httpx.Client) -> None:
    match = {"method": "POST", "path": "/orders/*/actions"}
    orders.post("/faults", json={"kind": "fail", "status": 500, "match": match})

    assert orders.get(ORDER).status_code == 200
    assert orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE).status_code == 500
    assert orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE).status_code == 201


def test_down_drops_connections_until_cleared_and_can_still_be_cleared(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "down"})

    for path in (ORDER, "/health", ORDER):
        with pytest.raises(httpx.TransportError):
            orders.get(path)
    assert len(orders.get("/dump").json()["orders"]) > 20
    orders.delete("/faults")
    assert orders.get(ORDER).status_code == 200


def test_cut_after_does_the_work_and_gives_no_answer(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "cut_after"})

    with pytest.raises(httpx.TransportError):
        orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE)

    assert orders.get(ORDER).json()["status"] == "cancelled"
    assert orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE).headers["idempotent-replayed"] == "true"


def test_fail_after_does_the_work_and_answers_with_the_status(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "fail_after", "status": 503, "retry_after": 7})

    answer = orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    assert orders.get(ORDER).json()["status"] == "cancelled"
    assert orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE).headers["idempotent-replayed"] == "true"


def test_hold_does_the_work_and_keeps_its_answer_back_until_the_faults_are_cleared(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "hold", "match": {"method": "POST", "path": "/orders/*"}})

    with ThreadPoolExecutor(1) as elsewhere:
        held = elsewhere.submit(orders.post, f"{ORDER}/actions", json=CANCEL, headers=ONCE, timeout=30)
        deadline = time.monotonic() + 5
        while not orders.get("/actions").json():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert not held.done()
        orders.delete("/faults")
        assert isinstance(held.exception(5), httpx.TransportError)


def test_cut_amid_does_the_work_and_gives_half_an_answer(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "cut_amid"})

    with orders.stream("POST", f"{ORDER}/actions", json=CANCEL, headers=ONCE) as answer:
        assert answer.status_code == 201
        with pytest.raises(httpx.TransportError):
            answer.read()

    assert orders.get(ORDER).json()["status"] == "cancelled"


def test_slow_waits_and_then_does_the_work_though_the_caller_left(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "slow", "seconds": 0.4})

    with pytest.raises(httpx.ReadTimeout):
        orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE, timeout=0.1)

    deadline = time.monotonic() + 5
    while not orders.get("/actions").json():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_garbage_is_200_without_json_and_nothing_is_done(orders: httpx.Client) -> None:
    orders.post("/faults", json={"kind": "garbage"})

    answer = orders.post(f"{ORDER}/actions", json=CANCEL, headers=ONCE)

    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert orders.get("/actions").json() == []


def test_the_crm_has_the_same_faults(crm: httpx.Client) -> None:
    crm.post("/faults", json={"kind": "fail", "status": 500, "count": None})

    assert [crm.get("/entries").status_code for _ in range(3)] == [500] * 3
    assert crm.get("/health").status_code == 200
    crm.delete("/faults")
    assert crm.get("/entries").status_code == 200


def test_an_unknown_fault_is_refused(orders: httpx.Client) -> None:
    assert orders.post("/faults", json={"kind": "fire"}).status_code == 422
    assert orders.post("/faults", json={"kind": "fail"}).status_code == 422


@pytest.mark.parametrize(
    ("stage", "refusal"),
    [
        ("mail", smtplib.SMTPSenderRefused),
        ("rcpt", smtplib.SMTPRecipientsRefused),
        ("data", smtplib.SMTPDataError),
    ],
)
def test_smtp_refuses_at_the_stage_that_was_asked_for(
    fresh: DemoSystems, mail: httpx.Client, stage: str, refusal: type[Exception]
) -> None:
    mail.post("/faults", json={"kind": "fail", "status": 451, "stage": stage})

    with pytest.raises(refusal):
        send(fresh)
    send(fresh)

    assert len(mail.get("/messages").json()) == 1


def test_smtp_takes_a_message_over_and_cuts_the_connection(fresh: DemoSystems, mail: httpx.Client) -> None:
    mail.post("/faults", json={"kind": "cut_after"})

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(fresh)

    assert [each["message_id"] for each in mail.get("/messages").json()] == ["<m1@shop.example>"]


def test_smtp_down_refuses_connections_until_cleared(fresh: DemoSystems, mail: httpx.Client) -> None:
    mail.post("/faults", json={"kind": "down"})

    with pytest.raises(ConnectionRefusedError):
        send(fresh)
    assert mail.get("/health").status_code == 503
    mail.delete("/faults")
    send(fresh)

    assert len(mail.get("/messages").json()) == 1


def test_smtp_slow_waits_before_it_takes_over(fresh: DemoSystems, mail: httpx.Client) -> None:
    mail.post("/faults", json={"kind": "slow", "seconds": 0.3})

    began = time.monotonic()
    send(fresh)

    assert time.monotonic() - began >= 0.3


def test_a_system_can_be_stopped_and_started_on_the_same_port(fresh: DemoSystems) -> None:
    url = fresh.orders_url
    fresh.stop_system("orders")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}{ORDER}")
    fresh.start_system("orders")
    assert httpx.get(f"{url}{ORDER}").status_code == 200
