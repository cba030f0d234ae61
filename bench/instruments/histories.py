"""What a run left behind at the server: events, history bytes, and the bytes of what it stored in them."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHandle

from baton.contracts.wire import Wire


class Left(Wire):
    """One run's history. `stored_bytes`: the payloads alone, inputs, results and signals."""

    events: int
    history_bytes: int
    stored_bytes: int
    kinds: dict[str, int]


async def left_by(handle: WorkflowHandle[Any, Any]) -> Left:
    """The history of a run that has ended."""
    described = await handle.describe()
    history = await handle.fetch_history()
    kinds: dict[str, int] = {}
    for event in history.events:
        kind = event.WhichOneof("attributes") or ""
        name = kind.removesuffix("_event_attributes")
        kinds[name] = kinds.get(name, 0) + 1
    return Left(
        events=len(history.events),
        history_bytes=described.raw_description.workflow_execution_info.history_size_bytes,
        stored_bytes=sum(payload.ByteSize() for event in history.events for payload in _payloads(event)),
        kinds=kinds,
    )


def _payloads(part: Message) -> Iterator[Payload]:
    if isinstance(part, Payload):
        yield part
        return
    for field, value in part.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            values = list(value.values())
        else:
            values = [value] if isinstance(value, Message) else list(value)
        for each in values:
            if isinstance(each, Message):
                yield from _payloads(each)
