"""How often the demo systems did what one enquiry asked of them, beside how often its record says that they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from baton.cli.demo_systems import DemoAddresses
from baton.contracts import names
from baton.contracts.enquiry import EnquiryResult, Resolution
from baton.contracts.mail import Message
from baton.contracts.record import RunRecord

_MAILS = (names.SEND_REPLY.name, names.SEND_QUESTION.name)


class _Keyed(BaseModel):
    key: str


class _Mail(BaseModel):
    received_at: AwareDatetime


_KEYED, _MAIL = TypeAdapter(list[_Keyed]), TypeAdapter(list[_Mail])


@dataclass(frozen=True)
class Count:
    """How often something should be there, and how often the system itself has it."""

    what: str
    where: str
    expected: int
    found: int


def all_right(counts: Sequence[Count]) -> bool:
    """Whether everything is there as often as it should be."""
    return all(count.found == count.expected for count in counts)


class Books:
    """The demo systems' own books, read over HTTP."""

    def __init__(self, demo: DemoAddresses, http: httpx.AsyncClient) -> None:
        self._demo = demo
        self._http = http

    async def performed(self, enquiry_id: str) -> int:
        """How many actions the order system carried out, under any key of this enquiry."""
        every = _KEYED.validate_json(await self._get(f"{self._demo.orders_url}/actions"))
        return sum(action.key.startswith(f"{enquiry_id}/") for action in every)

    async def delivered(self, to: str, since: datetime) -> int:
        """How many mails the mail system delivered to an address since then; of one that came twice, both."""
        every = _MAIL.validate_json(await self._get(f"{self._demo.mail_url}/messages", to=to))
        return sum(mail.received_at >= since for mail in every)

    async def logged(self, enquiry_id: str) -> int:
        """How many entries the CRM has of this enquiry."""
        return len(_KEYED.validate_json(await self._get(f"{self._demo.crm_url}/entries", enquiry_id=enquiry_id)))

    async def _get(self, url: str, **query: str) -> bytes:
        return (await self._http.get(url, params=query)).raise_for_status().content


async def counted(books: Books, record: RunRecord) -> list[Count]:
    """Actions, mails and log entries of a run that has ended: how many there should be, and how many there are."""
    sender = next(Message.model_validate(fact.value).from_address for fact in record.facts if fact.name == "received")
    return [
        Count(
            "approved action carried out", "order system", _actions(record), await books.performed(record.enquiry_id)
        ),
        Count(
            "mail delivered",
            "mail system",
            _confirmed(record, *_MAILS),
            await books.delivered(sender, record.received_at) if sender else 0,
        ),
        Count(
            "entry in the customer's history",
            "CRM",
            _confirmed(record, names.LOG_OUTCOME.name),
            await books.logged(record.enquiry_id),
        ),
    ]


def _actions(record: RunRecord) -> int:
    """All that was approved last, where the customer was told so; else as many as the run says that were done."""
    result = record.result
    approved = [fact for fact in record.facts if fact.name.startswith("approved/")]
    if result is not None and result.outcome == "answered" and approved:
        return len(Resolution.model_validate(approved[-1].value).actions)
    return len(result.actions_done) if isinstance(result, EnquiryResult) else 0


def _confirmed(record: RunRecord, *capabilities: str) -> int:
    """How many such steps the record calls done."""
    done = {entry.step for entry in record.record if entry.kind in ("done", "supplied")}
    return sum(step.partition("/")[0] in capabilities for step in done)
