"""A workflow as small as possible that takes signals the way the real ones do."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel

NOTHING = RawValue(Payload())


class Choice(StrEnum):
    """An enum that garbage misses."""

    APPROVE = "approve"
    REJECT = "reject"


class Answer(BaseModel):
    """What a signal should carry."""

    choice: Choice


class Taken(BaseModel):
    """What the run has taken, and what it has refused."""

    answers: list[str] = []
    refused: list[tuple[str, str]] = []


@workflow.defn
class ListenerWorkflow:
    """Waits for a good answer; everything else is to be refused."""

    @workflow.init
    def __init__(self) -> None:
        self.taken = Taken()

    @workflow.run
    async def run(self) -> Taken:
        """Ends with the first good answer, once every handler is done."""
        await workflow.wait_condition(lambda: bool(self.taken.answers))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.taken

    @workflow.signal
    async def decide(self, raw: RawValue = NOTHING) -> None:
        """One answer as JSON."""
        encoding = raw.payload.metadata.get("encoding", b"")
        if encoding != b"json/plain":
            raise ValueError(f"encoding {encoding.decode(errors='replace') or 'missing'}, expected json/plain")
        self.taken.answers.append(Answer.model_validate_json(raw.payload.data).choice)

    @workflow.signal
    async def raise_plain(self) -> None:
        """A handler with a bug."""
        raise KeyError("gone")

    @workflow.signal
    async def raise_application(self) -> None:
        """A handler that would fail the whole run."""
        raise ApplicationError("no good")

    @workflow.signal
    async def raise_later(self) -> None:
        """A handler that fails after it has waited."""
        await asyncio.sleep(0.01)
        raise RuntimeError("after a wait")

    @workflow.signal
    def raise_at_once(self) -> None:
        """A handler that is no coroutine."""
        raise ZeroDivisionError("plain function")

    @workflow.signal(dynamic=True)
    async def unknown(self, name: str, _args: Sequence[RawValue]) -> None:
        """Every name that no handler has."""
        self.signal_refused(name, "no signal of this name")

    @workflow.query
    def state(self) -> Taken:
        """What was taken and refused."""
        return self.taken

    def signal_refused(self, name: str, reason: str) -> None:
        """Called by the guard."""
        self.taken.refused.append((name, reason))
