"""An installation whose agents ask scripted models, on real workers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message
from pydantic import BaseModel
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowHistory

from baton.connectors.load import load_systems
from baton.connectors.models import load_models
from baton.contracts.models import RULES, ModelCall
from baton.contracts.record import RecordEntry, RunRecord, StepAnswer
from bench.instruments.attempts import attempted
from tests.end_to_end.office import Handle, Office, systems_only
from tests.workflows.driver import eventually
from worker import build_model_workers, build_worker

Form = TypeVar("Form", bound=BaseModel)

READER_ALONE = {"baton_model_resolver": RULES, "baton_model_planner": RULES, "baton_model_composer": RULES}
"""The other agents go by their rules, so that what a model is asked can be counted."""


def with_settings(shop: Office, **settings: Any) -> Office:
    """The same installation with other settings."""
    checked = type(shop.settings)(_env_file=None, **{**shop.settings.model_dump(), **settings})
    return Office(shop.client, checked, shop.systems)


@asynccontextmanager
async def thinking_office(
    client: Client, state: Path, orders_file: Path | None = None, **settings: Any
) -> AsyncIterator[Office]:
    """Systems, a worker, and a worker for each provider of the models that these settings name."""
    async with systems_only(client, state, orders_file=orders_file) as opened:
        shop = with_settings(opened, **{**READER_ALONE, **settings})
        async with thinking_workers(shop):
            yield shop


@asynccontextmanager
async def thinking_workers(shop: Office) -> AsyncIterator[None]:
    """A worker of this installation, and one for each provider of its models."""
    async with (
        load_systems(shop.settings) as systems,
        load_models(shop.settings) as models,
        build_worker(shop.client, shop.settings, systems),
        AsyncExitStack() as workers,
    ):
        for each in build_model_workers(shop.client, shop.settings, models):
            await workers.enter_async_context(each)
        yield


@asynccontextmanager
async def second_model_workers(shop: Office) -> AsyncIterator[None]:
    """The same workers of models again, over a connection of their own, as those of another machine."""
    known = shop.client.service_client.config.target_host
    client = await Client.connect(
        known, namespace=shop.client.namespace, data_converter=shop.client.data_converter, identity="second"
    )
    async with load_models(shop.settings) as models, AsyncExitStack() as workers:
        for each in build_model_workers(client, shop.settings, models):
            await workers.enter_async_context(each)
        yield


async def was_read(shop: Office, handle: Handle, deadline_s: float = 60) -> RunRecord:
    """The record, once the enquiry is read, or a person is asked about that."""

    async def look() -> RunRecord | None:
        record = await shop.record(handle)
        read = any(fact.name.startswith("read_enquiry") for fact in record.facts)
        return record if read or record.reviews else None

    return await eventually(look, deadline_s)


def of_reading(record: RunRecord) -> list[RecordEntry]:
    """The lines about reading the enquiry."""
    return [entry for entry in record.record if entry.step.startswith("read_enquiry")]


def calls_of(record: RunRecord) -> list[ModelCall]:
    """Every request to a model that the record knows."""
    return [call for entry in record.record for call in entry.calls]


def all_words(history: WorkflowHistory) -> str:
    """A history's words, those of each payload too, wherever in an event it stands: as JSON they are base64."""
    return "\n".join([history.to_json(), *(word for event in history.events for word in _payloads(event))])


def _payloads(message: Message) -> Iterator[str]:
    if isinstance(message, Payload):
        yield message.data.decode(errors="replace")
        return
    for field, value in message.ListFields():
        entry = field.message_type
        if entry is None:
            continue
        if entry.GetOptions().map_entry:
            inner = value.values() if entry.fields_by_name["value"].message_type else ()
        else:
            inner = value if isinstance(value, Sequence) else [value]
        for each in inner:
            yield from _payloads(each)


def called(step: Any, form: type[Form]) -> Callable[[BaseModel], Awaitable[Form]]:
    """That step as its activity is called, anew while an answer goes back, and what it gives in its form."""

    async def call(given: BaseModel) -> Form:
        answer = await attempted(step, given.model_dump(mode="json"))
        assert isinstance(answer, StepAnswer)
        return form.model_validate(answer.value)

    return call
