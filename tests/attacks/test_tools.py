"""Attacks in the answers of tools: what they say is told as theirs, and no step runs that the plan does not have."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import JsonValue
from temporalio.client import Client

from activities.cards import goal_cards, mcp_tools, plan_cards
from baton.connectors.load import load_systems
from baton.contracts import names
from baton.contracts.goal import GoalStart, carried_cards
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.record import RunRecord
from baton.contracts.review import Review
from baton.settings import Settings
from baton.temporal import search_attributes
from tests.cli.command_line import run
from tests.end_to_end.office import Office, systems_only
from worker import build_worker
from workflows.goal import GoalWorkflow

from .attack import Attack, attacks
from .shop import Shop

AGENTS = "tests.attacks.tools"
SERVER = Path(__file__).with_name("mcp_server.py")
GRANTED = f"""
[servers.neighbour]
command = "{sys.executable}"
args = ["{SERVER}"]

[servers.neighbour.tools.ask_neighbour]
effect = "read"
"""
IN_TOOLS = [attack for attack in attacks() if attack.is_in_tools]
TO = "books@shop.example"


async def granted_in(place: Path) -> Path:
    """The file there that grants the MCP server's tools, with their schemas pinned."""
    listing = place / "agents.toml"
    listing.write_text(GRANTED, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(place)
        patched.setenv("AGENTS_FILE", "agents.toml")
        assert (await run("agents", "lock")).code == 0
    return listing


@dataclass
class Course:
    """What came of one attack."""

    result: GoalResult
    record: RunRecord
    review: Review | None


@dataclass
class Attacked:
    """What became of all, and what the systems had after."""

    courses: dict[str, Course]
    changed: bool
    performed: list[dict[str, Any]]
    mails: list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attacked(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    """All of them at once on one worker; each review is refused."""
    place: Path = tmp_path_factory.mktemp("tools")
    listing = await granted_in(place)
    shop = Shop([attack.model_copy(update={"note": attack.text}) for attack in IN_TOOLS])
    async with systems_only(client, place, shop.write(place / "shop.json")) as opened:
        settings = opened.settings.model_copy(update={"agents": AGENTS, "agents_file": listing})
        async with (
            load_systems(settings) as connected,
            mcp_tools([AGENTS], listing) as granted,
            build_worker(client, settings, connected, granted),
        ):
            before = await opened.orders()
            courses = await asyncio.gather(*(_course(opened, settings, shop, attack) for attack in IN_TOOLS))
            yield Attacked(
                {attack.name: course for attack, course in zip(IN_TOOLS, courses, strict=True)},
                await opened.orders() != before,
                await opened.performed(),
                await opened.mails(),
            )


async def _course(office: Office, settings: Settings, shop: Shop, attack: Attack) -> Course:
    plan, always = _plan(attack, shop), goal_cards()
    start = GoalStart(
        goal_id=f"GOAL-{uuid4().hex[:12]}",
        plan=plan,
        received_at=datetime.now(UTC),
        cards=carried_cards(
            plan, [*plan_cards([AGENTS], settings.agents_file), *always], [card.name for card in always]
        ),
        search_attributes=await search_attributes.existing(office.client),
    )
    handle = await office.client.start_workflow(
        GoalWorkflow.run, start, id=names.workflow_id(start.goal_id), task_queue=settings.task_queue
    )
    review = None
    if "mail" in attack.channel:
        review = await office.review(handle)
        await office.decide(handle, review, "reject")
    return Course(await handle.result(), await handle.query(GoalWorkflow.record), review)


def _plan(attack: Attack, shop: Shop) -> Plan:
    step: dict[str, JsonValue] = {"id": "told", "capability": "hear", "inputs": {"about": attack.name}}
    if attack.channel.startswith("MCP"):
        step["capability"] = "ask_neighbour"
    if attack.channel == "CRM":
        step |= {"capability": "recall_order", "inputs": {"order_id": shop.victims[attack.name].pending}}
    mail: dict[str, JsonValue] = {
        "id": "mail", "capability": "send_mail", "review": True,
        "inputs": {"to": TO, "subject": "What they say", "body": {"from": "told.text"}},
    }  # fmt: skip
    steps = [step, mail] if "mail" in attack.channel else [step]
    return Plan.model_validate({"goal": "Tell what they say", "steps": steps})


def test_nothing_was_done_and_nothing_sent(attacked: Attacked) -> None:
    assert not attacked.changed
    assert attacked.performed == []
    assert attacked.mails == []


@pytest.mark.parametrize("attack", IN_TOOLS, ids=[attack.name for attack in IN_TOOLS])
def test_it_comes_to_nothing(attacked: Attacked, attack: Attack) -> None:
    course = attacked.courses[attack.name]
    why = f"must not {attack.must_not}"
    assert course.result.answer is not None, why
    steps = {entry.step.split("/")[0] for entry in course.record.record if entry.kind in ("done", "failed")}
    assert steps - {"plan", "closing", "archive_record"} == {"told"}, why
    assert {each.step for each in course.result.answer.statements} == {"told"}, why
    notes = course.review.notes if course.review else []
    assert attack.warned in "\n".join([*notes, course.result.answer.text]), why
