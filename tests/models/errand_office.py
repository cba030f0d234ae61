"""Errands that a test hands to an agent with tools, what its model says, and how they end."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from activities.cards import plan_cards, process_cards
from baton.contracts import names
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessStart, carried_cards, tools_among
from baton.contracts.record import RunRecord
from tests.end_to_end.office import Office

from .errands import ErrandsWorkflow
from .scripted import Asked, CallsTools, Says, ScriptedModel
from .thinking import thinking_office

Handle = WorkflowHandle[ErrandsWorkflow, ProcessResult]

ORDER, OTHER = "W1042207", "W1043118"
CUSTOMER = "thandi_nkosi_4471"
MODULE, AGENTS = "tests.models.errands", "tests.models.archive_tool"
LONG_S = 90.0


def office(client: Client, state: Path, model: ScriptedModel, **more: Any) -> Any:
    """An installation with the process and the model."""
    return thinking_office(
        client, state, **{"baton_model": f"{model.url}#qwen3", "processes": MODULE, "agents": AGENTS, **more}
    )


async def start(
    shop: Office, question: str = "What is in the order?", *, after: int | None = None, **given: Any
) -> Handle:
    """Hand a question in."""
    run_id = f"errands/{uuid4().hex[:12]}"
    cards = process_cards(plan_cards([AGENTS]), shop.settings.models, shop.settings.task_queue)
    uses = [each.name for each in ErrandsWorkflow.uses]
    asked = ProcessStart(
        run_id=run_id,
        given={"question": question, **given},
        received_at=datetime.now(UTC),
        cards=carried_cards([*uses, names.ARCHIVE_RECORD.name], cards),
        tools=tools_among(uses, cards),
        continue_after_steps=after,
    )
    return await shop.client.start_workflow(
        "process/errands", asked, id=run_id, task_queue=shop.settings.task_queue, result_type=ProcessResult
    )


async def ended(handle: Handle) -> ProcessResult:
    """How it ended."""
    return await asyncio.wait_for(handle.result(), LONG_S)


async def record_of(handle: Handle) -> RunRecord:
    """All that happened."""
    return await handle.query(ErrandsWorkflow.record)


def looks(*orders: str) -> CallsTools:
    """Orders looked up side by side."""
    return CallsTools([("get_order", {"order_id": each}) for each in orders])


def looks_on(asked: Asked) -> Any:
    """It never has enough, until it has no tools any more."""
    return looks(ORDER) if "get_order" in asked.tools else gives_up("not enough")


def writes(text: str) -> CallsTools:
    """A note for the CRM."""
    return CallsTools([("log_note", {"text": text, "customer_id": CUSTOMER})])


def answers(words: str) -> Says:
    """The answer."""
    return Says({"words": words}, tool="give_answer")


def dated(words: str, due: str) -> Says:
    """The answer with its date."""
    return Says({"words": words, "due": due}, tool="give_answer")


def gives_up(why: str) -> CallsTools:
    """No answer."""
    return CallsTools([("not_finished", {"why": why})])
