"""Tools whose answers a test writes, with the cards that plans are made from."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.capability import steps_of
from activities.composer import Composer
from activities.plan_desk import PlanDesk
from baton.contracts.agents import Effect, Retry, schema_of
from baton.contracts.models import ModelCall
from baton.contracts.plan import Need, PlanCard
from baton.contracts.record import Archived, ArchiveRecord, RunRecord, StepAnswer
from baton.contracts.types import parts_of

Doing = Callable[[dict[str, Any]], BaseModel | Awaitable[BaseModel]]


class Number(BaseModel):
    """A number, and where it comes from."""

    value: int
    source: str = ""


class Numbers(BaseModel):
    """Several of them."""

    numbers: list[Number] = []


class Rare(BaseModel):
    """A number that nothing else gives."""

    value: int


class Sent(BaseModel):
    """Something went out."""

    reference: str


def add(handed: dict[str, Any]) -> Number:
    """One more than what it is handed."""
    return Number(value=handed["value"] + 1, source="add")


def numbers(handed: dict[str, Any]) -> Numbers:
    """So many numbers, from 1."""
    return Numbers(numbers=[Number(value=each) for each in range(1, handed["count"] + 1)])


def send(handed: dict[str, Any]) -> Sent:
    """Send it."""
    return Sent(reference=handed["key"])


@dataclass
class Tool:
    """What a tool does, and its card."""

    card: PlanCard
    does: Doing
    calls: list[ModelCall] = field(default_factory=list)


def tool(
    name: str,
    does: Doing,
    gives: type[BaseModel] = Number,
    *,
    inputs: dict[str, Need] | None = None,
    effect: Effect = "read",
    attempts: int = 2,
    **changed: Any,
) -> Tool:
    """A quick tool, `changed` in what its card says."""
    card = PlanCard(
        name=name,
        agent=f"scripted {name}",
        description=f"Do {name}.",
        takes=name,
        gives=gives.__name__,
        gives_schema=schema_of(gives),
        effect=effect,
        retry=Retry(attempts=attempts, first_delay_s=0.01),
        attempt_s=20,
        no_undo="" if effect == "read" else "it cannot be called back",
        inputs=inputs or {"value": Need(type="int")},
        parts=parts_of(gives),
        cost=Decimal(1),
    )
    return Tool(card.model_copy(update=changed), does)


def usual() -> list[Tool]:
    """Tools that add, list and send."""
    return [
        tool("add", add),
        tool("numbers", numbers, Numbers, inputs={"count": Need(type="int")}),
        tool("send", send, Sent, effect="irreversible"),
    ]


@dataclass
class Tools:
    """Carries out steps, and remembers what each was handed."""

    tools: list[Tool] = field(default_factory=usual)
    handed: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    archived: list[RunRecord] = field(default_factory=list)

    def asked(self, name: str) -> list[dict[str, Any]]:
        """What one tool was handed, attempt by attempt."""
        return [handed for each, handed in self.handed if each == name]

    def cards(self) -> list[PlanCard]:
        """The cards of all of them."""
        return [each.card for each in self.tools]

    def activities(self) -> list[Callable[..., Any]]:
        """An activity each, and those of every goal; the archive only remembers."""
        return [*map(self._activity, self.tools), *steps_of([PlanDesk(self.cards()), Composer()]), self._archive()]

    def _activity(self, each: Tool) -> Callable[..., Any]:
        async def step(handed: dict[str, Any]) -> StepAnswer:
            self.handed.append((each.card.name, handed))
            given = each.does(handed)
            result = await given if isinstance(given, Awaitable) else given
            return StepAnswer(
                value=result.model_dump(mode="json"),
                agent=each.card.agent,
                attempt=activity.info().attempt,
                calls=each.calls,
            )

        return activity.defn(name=each.card.name)(step)

    def _archive(self) -> Callable[..., Any]:
        async def step(handed: ArchiveRecord) -> StepAnswer:
            self.archived.append(handed.record)
            kept = Archived(location="archive/x.jsonl", lines=1)
            return StepAnswer(value=kept.model_dump(mode="json"), agent="archive", attempt=1)

        return activity.defn(name="archive_record")(step)


class Gate:
    """A tool that waits until a test lets it go on."""

    def __init__(self, answer: Callable[[dict[str, Any]], BaseModel]) -> None:
        self.opened = asyncio.Event()
        self.reached = 0
        self._answer = answer

    async def __call__(self, handed: dict[str, Any]) -> BaseModel:
        """What it gives, once it may."""
        self.reached += 1
        await self.opened.wait()
        return self._answer(handed)


def fails(handed: dict[str, Any]) -> BaseModel:
    """Fail for good."""
    raise ApplicationError("it is out of order", 1, False, type="Refused", non_retryable=True)


def broken() -> Tool:
    """One that always fails, and in whose place nobody can stand: no other takes any number."""
    return tool("broken", fails, inputs={"value": Need(type="number")})
