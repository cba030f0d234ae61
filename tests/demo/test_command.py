"""`python -m demo` as a process: it says where it is, ends when told, and explains what keeps it from starting."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demo(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "demo", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def addresses(state: Path, process: "subprocess.Popen[str]") -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if (state / "demo.json").exists():
            found: dict[str, Any] = json.loads((state / "demo.json").read_text())
            if found["pid"] == process.pid:
                return found
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        time.sleep(0.02)
    raise AssertionError("demo.json did not appear")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_all_systems_answer_where_demo_json_says_and_end_cleanly(tmp_path: Path, ending: signal.Signals) -> None:
    with demo("--state", str(tmp_path)) as process:
        found = addresses(tmp_path, process)
        for name in ("orders_url", "crm_url", "mail_url"):
            assert httpx.get(f"{found[name]}/health").json() == {"status": "ok"}
        with socket.create_connection((found["smtp_host"], found["smtp_port"]), timeout=5) as smtp:
            assert smtp.recv(3) == b"220"
        process.send_signal(ending)
        _, complaint = process.communicate(timeout=10)
    assert (process.returncode, complaint) == (0, "")


def test_after_kill_nothing_is_lost_and_the_same_ports_can_be_taken_again(tmp_path: Path) -> None:
    with demo("--state", str(tmp_path)) as process:
        found = addresses(tmp_path, process)
        headers = {"Idempotency-Key": "k", "If-Match": '"1"'}
        body = {"kind": "cancel_order", "reason": "no longer needed"}
        httpx.post(f"{found['orders_url']}/orders/W1043118/actions", json=body, headers=headers).raise_for_status()
        os.kill(process.pid, signal.SIGKILL)
    port = found["orders_url"].rpartition(":")[2]
    with demo("--state", str(tmp_path), "--orders-port", port) as process:
        again = addresses(tmp_path, process)
        assert again["orders_url"] == found["orders_url"]
        assert httpx.get(f"{again['orders_url']}/orders/W1043118").json()["status"] == "cancelled"


def test_one_system_alone_starts_on_its_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with demo("crm", "--port", str(port), "--state", str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"crm_url http://127.0.0.1:{port}\n"
        assert httpx.get(f"http://127.0.0.1:{port}/health").status_code == 200
        assert not (tmp_path / "demo.json").exists()


def test_keys_can_be_left_out(tmp_path: Path) -> None:
    with demo("--no-keys", "--state", str(tmp_path)) as process:
        found = addresses(tmp_path, process)
        assert httpx.get(f"{found['orders_url']}/capabilities").json()["idempotency_keys"] is False
        assert httpx.get(f"{found['crm_url']}/entries", params={"key": "k"}).status_code == 404


def explained(*arguments: str) -> str:
    with demo(*arguments) as process:
        _, complaint = process.communicate(timeout=20)
    assert process.returncode != 0
    assert complaint.count("\n") == 1, complaint
    return complaint


def test_a_taken_port_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for option in ("--orders-port", "--smtp-port"):
            assert f"127.0.0.1:{port}" in explained("--state", str(tmp_path), option, str(port))


def test_a_state_directory_that_cannot_be_used_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert str(tmp_path / "file") in explained("--state", str(tmp_path / "file"))
    (tmp_path / "crm.sqlite").write_text("this is no database, whatever its name says" * 50)
    assert str(tmp_path) in explained("--state", str(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Cannot read the orders file"),
        ("not json", "is not JSON"),
        ("[]", "has no table products, users, orders"),
        ('{"products": {}, "users": {}}', "has no table orders"),
        ('{"products": {}, "users": {"u": {"user_id": "u"}}, "orders": {}}', "users.u"),
        ('{"products": {}, "users": {}, "orders": {"#1": {"order_id": "#1", "items": 3}}}', "orders.#1"),
    ],
)
def test_an_orders_file_that_will_not_do_is_explained_in_one_line(
    tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "orders.json"
    if content is not None:
        path.write_text(content)
    assert re.search(re.escape(said), explained("--state", str(tmp_path / "state"), "--orders", str(path)))
