"""Real enquiries of a shop that this project did not write, through the whole product: who writes, what is touched."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import Client

from baton.contracts.enquiry import CustomerMatch, EnquiryOptions
from baton.contracts.mail import Message
from baton.contracts.record import RunRecord
from baton.contracts.review import Review

from .office import Handle, Office, at_most, office

RETAIL = Path(__file__).resolve().parents[3] / "shared" / "data" / "retail"
pytestmark = pytest.mark.skipif(
    not (RETAIL / "db.json").is_file(), reason="the retail material (shared/data/retail beside the checkout) is absent"
)
AT_ONCE = 24
ONE_IN = 8
"""Which of them are tried, unless `--long` asks for all."""

NAMED = EnquiryOptions(trust="named")


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RETAIL / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def every(request: pytest.FixtureRequest) -> slice:
    """All enquiries, or one in eight."""
    return slice(None, None, None if request.config.getoption("--long") else ONE_IN)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path) -> AsyncIterator[Office]:
    """An installation with the retail material in its order system."""
    async with office(client, tmp_path, orders_file=RETAIL / "db.json") as opened:
        yield opened


async def _until_review(shop: Office, row: dict[str, Any]) -> tuple[Handle, Review, RunRecord]:
    handle = await shop.receive(Message(text=row["message"]), enquiry_id=f"INQ-{row['id']}", options=NAMED)
    review = await shop.review(handle, 120, every_s=1)
    return handle, review, await shop.record(handle)


def _match(record: RunRecord) -> CustomerMatch:
    return CustomerMatch.model_validate(next(fact.value for fact in record.facts if fact.name == "find_customer"))


async def test_enquiries_find_their_customer_read_no_other_and_change_nothing_before_or_after_a_reject(
    shop: Office, every: slice, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*_rows("enquiries.jsonl"), *_rows("enquiries_plain.jsonl")][every]
    owner = {order: row["user_id"] for order, row in json.loads((RETAIL / "db.json").read_text())["orders"].items()}
    before = await shop.orders()
    reached = await at_most(AT_ONCE, [_until_review(shop, row) for row in rows])
    wrong, unidentified, foreign, proposed = [], [], [], 0
    for row, (_, review, record) in zip(rows, reached, strict=True):
        customer = _match(record).customer
        if customer is None:
            unidentified.append(row["id"])
        elif customer.customer_id != row["customer_id"]:
            wrong.append(row["id"])
        read = [fact.name.split("/")[1] for fact in record.facts if fact.name.startswith("check_orders/")]
        foreign += [(row["id"], order) for order in read if owner[order] != row["customer_id"]]
        proposed += review.kind == "resolution"
    assert await shop.orders() == before
    assert await shop.mails() == []
    for handle, review, _ in reached:
        await shop.decide(handle, review, "reject")
    results = await at_most(AT_ONCE, [handle.result() for handle, _, _ in reached])
    with capsys.disabled():
        print(
            f"\n  {len(rows)} enquiries: {len(rows) - len(wrong) - len(unidentified)} customers right, "
            f"{len(wrong)} wrong, {len(unidentified)} not identified {unidentified}; "
            f"{len(foreign)} foreign orders read; {proposed} proposals; all rejected"
        )
    assert wrong == []
    assert foreign == []
    assert [result.outcome for result in results] == ["rejected"] * len(rows)
    assert await shop.orders() == before
    assert await shop.performed() == []
    assert await shop.mails() == []


async def test_openings_touch_nothing_and_ask(shop: Office, every: slice, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _rows("openings.jsonl")[every]
    before = await shop.orders()

    async def ask(row: dict[str, Any]) -> tuple[Review, RunRecord]:
        message = Message(text=row["message"], from_address="someone@post.example")
        handle = await shop.receive(message, enquiry_id=f"INQ-{row['id']}", options=NAMED)
        review = await shop.review(handle, 120, every_s=1)
        record = await shop.record(handle)
        await shop.decide(handle, review, "reject")
        second = await shop.review(handle, every_s=1)
        await shop.decide(handle, second, "reject")
        await handle.result()
        return review, record

    asked = await at_most(AT_ONCE, [ask(row) for row in rows])
    kinds = [review.kind for review, _ in asked]
    with capsys.disabled():
        print(f"\n  {len(rows)} openings: {kinds.count('question')} asked")
    assert kinds == ["question"] * len(rows)
    assert not [fact for _, record in asked for fact in record.facts if fact.name.startswith("check_orders")]
    assert await shop.orders() == before
    assert await shop.mails() == []


async def test_approved_proposals_change_exactly_what_the_truth_says(
    shop: Office, every: slice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each customer once, so that no two enquiries touch the same gift card or order."""
    rows = list({row["customer_id"]: row for row in _rows("enquiries_plain.jsonl")}.values())[every]
    original = json.loads((RETAIL / "db.json").read_text())["orders"]

    async def act(row: dict[str, Any]) -> bool:
        handle, review, _ = await _until_review(shop, row)
        await shop.decide(handle, review, "approve" if review.kind == "resolution" else "handled_outside")
        result = await handle.result()
        return result.outcome == "answered"

    answered = await at_most(AT_ONCE, [act(row) for row in rows])
    now = json.loads(await shop.orders())["orders"]
    right, different, untouched = 0, [], set(original)
    for row, done in zip(rows, answered, strict=True):
        if not done:
            continue
        changes = [change for change in row["expected_changes"] if change["table"] == "orders"]
        untouched -= {change["id"] for change in changes}
        as_told = all(
            now[change["id"]].get(name) == values["after"]
            for change in changes
            for name, values in change["fields"].items()
        )
        right += as_told
        if not as_told:
            different.append(row["id"])
    acted = sum(answered)
    with capsys.disabled():
        print(f"\n  {len(rows)} plain enquiries: {acted} proposed and approved, {right} changed exactly the truth")
        print(f"  different: {different}")
    assert right >= 0.99 * acted
    assert acted >= 0.6 * len(rows)
    touched = [order for order in untouched if now[order] != original[order]]
    assert len(touched) <= len(different)
    assert len(await shop.mails()) == acted
