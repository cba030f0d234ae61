"""docs/adding-an-agent.md: its code runs as it stands there, in a real worker, and its message is the real one."""

import re
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import JsonValue
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from activities.cards import plan_cards
    from baton.connectors.load import load_systems
    from baton.contracts.record import StepAnswer
    from baton.contracts.wire import JsonObject
    from baton.temporal.embedded import ServerAddress
    from baton.temporal.worker_options import workflow_runner
    from tests.cli.programs import worker_that_stops
    from tests.end_to_end.office import Office, systems_only
    from worker import build_worker

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-an-agent.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@workflow.defn
class OneStepWorkflow:
    """One capability by its name, on the queue of an installation."""

    @workflow.run
    async def run(self, name: str, queue: str, given: JsonObject) -> StepAnswer:
        """What the capability says."""
        answer: StepAnswer = await workflow.execute_activity(
            name,
            given,
            task_queue=queue,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=timedelta(seconds=2),
            retry_policy=RetryPolicy(maximum_attempts=3),
            result_type=StepAnswer,
        )
        return answer


@pytest.fixture
def my_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """my_shop/agents.py as the page says to write it."""
    place = tmp_path / "my_shop"
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "agents.py").write_text("\n".join(BLOCKS), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield place / "agents.py"
    for name in ("my_shop", "my_shop.agents"):
        sys.modules.pop(name, None)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(client: Client, tmp_path: Path, my_shop: Path) -> AsyncIterator[Office]:
    """An installation with these agents, and its worker."""
    async with systems_only(client, tmp_path) as opened:
        settings = opened.settings.model_copy(update={"agents": "my_shop.agents"})
        async with load_systems(settings) as connected, build_worker(client, settings, connected):
            yield opened


async def step(shop: Office, name: str, **given: JsonValue) -> StepAnswer:
    """What a capability says when a run asks it."""
    queue = f"steps-{uuid4().hex[:8]}"
    async with Worker(shop.client, task_queue=queue, workflows=[OneStepWorkflow], workflow_runner=workflow_runner()):
        return await shop.client.execute_workflow(
            OneStepWorkflow.run,
            args=[name, shop.settings.task_queue, given],
            id=f"step-{uuid4().hex}",
            task_queue=queue,
        )


def test_the_agent_on_the_page_has_fewer_than_20_lines_of_code() -> None:
    assert sum(1 for line in BLOCKS[0].splitlines() if line.strip()) < 20


async def test_the_agents_of_the_page_work_in_a_real_worker_beside_the_tools(shop: Office) -> None:
    counted = await step(shop, "count_stock", product_id="7310040021")
    assert counted.value == {"product_id": "7310040021", "pieces": 10}
    assert counted.agent == "warehouse"
    kept = await step(shop, "reserve_stock", product_id="7310040021", pieces=2, key="GOAL-1/keep/1/0")
    assert kept.value == {"note": "2 of 7310040021 under GOAL-1/keep/1/0"}
    order = await step(shop, "get_order", order_id="W1042207")
    assert isinstance(order.value, dict)
    assert order.value["status"] == "delivered"


async def test_what_an_agent_is_handed_in_a_wrong_form_ends_the_step_and_not_the_worker(shop: Office) -> None:
    with pytest.raises(WorkflowFailureError):
        await step(shop, "count_stock", product=1)
    assert (await step(shop, "count_stock", product_id="1")).value == {"product_id": "1", "pieces": 1}


def test_their_cards_say_what_plans_need_to_know(my_shop: Path) -> None:
    cards = {card.name: card for card in plan_cards(["my_shop.agents"])}
    count, reserve = cards["count_stock"], cards["reserve_stock"]
    assert {name: need.type for name, need in count.inputs.items()} == {"product_id": "ProductId"}
    assert (count.gives, count.parts["Stock"]) == ("Stock", {"product_id": "ProductId", "pieces": "int"})
    assert (count.effect, count.source, count.agent) == ("read", "my_shop.agents", "warehouse")
    assert set(reserve.inputs) == {"product_id", "pieces"}
    assert reserve.writes


def test_the_worker_stops_with_the_message_of_the_page(my_shop: Path, server: ServerAddress, tmp_path: Path) -> None:
    my_shop.write_text(BLOCKS[0].replace(" -> Stock:", ":"), encoding="utf-8")
    ended = worker_that_stops(my_shop.parents[1], server.host_port, tmp_path / "state", AGENTS="my_shop.agents")
    assert ended.returncode == 1
    (message,) = re.findall(r"^```\n(my_shop\.agents:.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert ended.stderr.strip() == message.strip()
