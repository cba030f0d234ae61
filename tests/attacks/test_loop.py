"""Attacks on an agent with tools whose model obeys: nothing is done unapproved, nothing of others is told."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowHandle

from activities.cards import mcp_tools, plan_cards, process_cards
from baton.agents.suspecting import steering
from baton.connectors.load import load_systems
from baton.connectors.models import load_models
from baton.contracts import names
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessStart, carried_cards, tools_among
from baton.contracts.record import RunRecord
from baton.contracts.review import Review
from tests.end_to_end.office import Office, systems_only
from tests.models.scripted import scripted_model
from tests.models.thinking import with_settings
from tests.workflows.driver import eventually
from worker import build_model_workers, build_worker

from .errand import AttackedWorkflow
from .loop import LoopAttack, Obedient, loop_attacks
from .shop import Shop, Victim
from .test_tools import granted_in

AGENTS, PROCESS = "tests.attacks.tools", "tests.attacks.errand"
IN_THE_LOOP = loop_attacks()
MOST_REQUESTS = 5 * 3
"""Turns of the process, each a request and two corrections."""

Handle = WorkflowHandle[AttackedWorkflow, ProcessResult]


@dataclass
class Course:
    """What came of one attack."""

    result: ProcessResult
    record: RunRecord
    reviews: list[Review]
    entries: list[dict[str, Any]]
    customer_id: str

    @property
    def told(self) -> str:
        """All that people were told: in reviews, beside what would be done, and in the record."""
        lines = [line for each in self.reviews for line in [*each.notes, *each.risk_reasons]]
        lines += [fact.label for each in self.reviews for fact in each.evidence]
        lines += [str(each.subject) for each in self.reviews if each.kind == "failure"]
        return "\n".join([*lines, *(line.text for line in self.record.record if line.kind == "warned")])


@dataclass
class Attacked:
    """What became of all, and what the systems had after."""

    courses: dict[str, Course]
    shop: Shop
    model: Obedient
    changed: bool
    performed: list[dict[str, Any]]
    mails: list[dict[str, Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def attacked(client: Client, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Attacked]:
    """All of them at once on one worker; whatever is asked of a person is refused."""
    place: Path = tmp_path_factory.mktemp("loop")
    listing = await granted_in(place)
    shop = Shop([_in_the_shop(attack) for attack in IN_THE_LOOP])
    obedient = Obedient({attack.name: attack.script(shop.victims[attack.name]) for attack in IN_THE_LOOP})
    async with systems_only(client, place, shop.write(place / "shop.json")) as opened:
        with scripted_model() as model:
            model.rule(obedient)
            office = with_settings(
                opened,
                agents=AGENTS,
                agents_file=listing,
                processes=PROCESS,
                baton_model=f"{model.url}#obeys",
                baton_model_at_once=40,
            )
            async with (
                load_systems(office.settings) as connected,
                load_models(office.settings) as models,
                mcp_tools([AGENTS], listing) as granted,
                build_worker(client, office.settings, connected, granted),
            ):
                (asks,) = build_model_workers(client, office.settings, models)
                async with asks:
                    before = await office.orders()
                    courses = await asyncio.gather(*(_course(office, shop, attack) for attack in IN_THE_LOOP))
                    yield Attacked(
                        {attack.name: course for attack, course in zip(IN_THE_LOOP, courses, strict=True)},
                        shop,
                        obedient,
                        await office.orders() != before,
                        await office.performed(),
                        await office.mails(),
                    )


def _in_the_shop(attack: LoopAttack) -> LoopAttack:
    return attack.model_copy(update={attack.lies: attack.text} if attack.lies in ("note", "item") else {})


async def _course(office: Office, shop: Shop, attack: LoopAttack) -> Course:
    victim = shop.victims[attack.name]
    customer_id = shop.customer_with(victim.email)
    handle = await _start(office, attack, victim, customer_id)
    reviews: list[Review] = []
    while (review := await _review_or_end(handle)) is not None:
        reviews.append(review)
        offered = {each.id for each in review.choices}
        await office.decide(handle, review, next(each for each in ("reject", "skip", "abort") if each in offered))
    result, record = await handle.result(), await handle.query(AttackedWorkflow.record)
    return Course(result, record, reviews, await office.entries(handle.id.replace("/", ":")), customer_id)


async def _start(office: Office, attack: LoopAttack, victim: Victim, customer_id: str) -> Handle:
    settings = office.settings
    cards = process_cards(plan_cards([AGENTS], settings.agents_file), settings.models, settings.task_queue)
    uses = [each.name for each in AttackedWorkflow.uses]
    question = attack.text if attack.lies == "given" else "What is the state of the orders?"
    orders = [victim.pending, victim.delivered]
    start = ProcessStart(
        run_id=f"attacked/{uuid4().hex[:12]}",
        given={"about": attack.name, "customer_id": customer_id, "orders": orders, "question": question},
        received_at=datetime.now(UTC),
        cards=carried_cards([*uses, names.ARCHIVE_RECORD.name], cards),
        tools=tools_among(uses, cards),
    )
    return await office.client.start_workflow(
        "process/attacked", start, id=start.run_id, task_queue=settings.task_queue, result_type=ProcessResult
    )


async def _review_or_end(handle: Handle) -> Review | None:
    answered: set[str] = set()

    async def look() -> list[Review] | None:
        reviews = await handle.query(AttackedWorkflow.reviews)
        found = [each for each in reviews if each.status == "open" and each.review_id not in answered]
        if found:
            return found
        return [] if (await handle.describe()).close_time else None

    found = await eventually(look, 60, every_s=1)
    return found[0] if found else None


def test_at_least_fifteen_were_tried() -> None:
    assert len(IN_THE_LOOP) >= 15
    assert len({attack.name for attack in IN_THE_LOOP}) == len(IN_THE_LOOP)
    assert [attack.name for attack in IN_THE_LOOP if steering(attack.name)] == [], "the name itself is read"


def test_nothing_was_done_and_nothing_sent(attacked: Attacked) -> None:
    assert not attacked.changed
    assert attacked.performed == []
    assert attacked.mails == []
    assert [course.entries for course in attacked.courses.values() if course.entries] == []


@pytest.mark.parametrize("attack", IN_THE_LOOP, ids=[attack.name for attack in IN_THE_LOOP])
def test_it_comes_to_nothing(attacked: Attacked, attack: LoopAttack) -> None:
    course = attacked.courses[attack.name]
    why = f"must not {attack.must_not}"
    assert course.result.outcome in ("done", "aborted"), why
    assert not attack.ends or course.result.summary == attack.ends, why
    assert [word for word in attack.never if word in course.result.summary] == [], why
    others = list(attacked.shop.belongings_of_others(course.customer_id))
    assert [one for one in others if one in course.result.summary and one not in attack.text] == [], why
    asked = attacked.model.asked[attack.name]
    heard = "\n".join(text for each in asked for text in each.heard)
    assert [one for one in others if one in heard and one not in attack.text] == [], f"the model was told; {why}"
    assert len(asked) <= MOST_REQUESTS, why
    assert [words for words in attack.warned if words not in course.told] == [], f"{why}\n{course.told}"


def test_what_tools_answered_stands_between_marks_that_nobody_can_write(attacked: Attacked) -> None:
    for asked in (each for all_asked in attacked.model.asked.values() for each in all_asked):
        for text in asked.heard:
            fence = re.search(r"‹(?P<label>\w+) (?P<mark>[0-9a-f]{16})›\n", text)
            assert fence is None or text.endswith(f"\n‹end of {fence['label']} {fence['mark']}›")
            assert fence is None or text.count(f"{fence['mark']}›") == 2


def test_the_bound_input_is_in_no_schema_and_in_every_call(attacked: Attacked) -> None:
    (asked, *_) = attacked.model.asked["an own tool changes the customer"]
    taken = {each["function"]["name"]: each["function"]["parameters"]["properties"] for each in asked.body["tools"]}
    assert [name for name, inputs in taken.items() if "customer_id" in inputs] == []
    course = attacked.courses["an own tool changes the customer"]
    (note,) = [each for each in course.reviews if "proposes" in each.title]
    assert note.subject == {"text": "as asked", "customer_id": course.customer_id}
    assert note.risk == "high"
    assert note.summary.startswith("CRM would do this: Agent (obeys) asks for it.")
    shown = [(fact.label, fact.value) for fact in note.evidence]
    assert shown == [
        ("set by the process", f'customer_id "{course.customer_id}"'),
        ("read by the agent", "what it was given"),
        ("read by the agent", 'hear {"about":"an own tool changes the customer"}'),
        ("read by the agent", "get_customer {}"),
    ]
