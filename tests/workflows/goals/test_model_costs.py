"""What models cost counts against a goal's budget, once it is known: at the next call a person is asked."""

from decimal import Decimal

from temporalio.client import Client

from baton.contracts.goal import GoalOptions, GoalState
from baton.contracts.models import ModelCall, PromptUsed
from baton.contracts.record import RecordEntry
from workflows.goal_parts.model_costs import UNKNOWN

from .driver import add, goal, plan, ref
from .tools import Tool, Tools, tool
from .tools import add as adds

IN_RAND = GoalOptions(per_dollar=Decimal(20))
THREE = [add("one", 1), add("two", ref("one.value")), add("three", ref("two.value"))]


def call(price: str | None) -> ModelCall:
    return ModelCall(
        model="openai:gpt-5-mini",
        prompt=PromptUsed(name="read_enquiry", version="1", digest="0" * 64),
        seconds=0.5,
        price=Decimal(price) if price else None,
    )


def thinking(*prices: str | None) -> Tools:
    """A tool that costs nothing itself, and asks a model at each call."""
    free = tool("add", adds, cost=Decimal(0))
    return Tools([Tool(free.card, free.does, [call(price) for price in prices])])


async def test_what_a_model_cost_is_spent_in_the_budgets_currency(client: Client) -> None:
    async with goal(client, plan(*THREE, budget={"cost": 3}), thinking("0.10"), options=IN_RAND) as run:
        await run.fact("two")
        review = await run.review("budget")
        assert review.risk_reasons == ["cost: 4.00 of 3"]
        await run.decide("budget", "more", value={"cost": 1})
        assert (await run.result()).outcome == "reached"


async def test_below_its_budget_nobody_is_asked(client: Client) -> None:
    async with goal(client, plan(*THREE, budget={"cost": 4}), thinking("0.10"), options=IN_RAND) as run:
        assert (await run.result()).outcome == "reached"
        assert not (await run.record()).reviews


async def test_a_price_that_nobody_knows_is_told_and_not_counted(client: Client) -> None:
    async with goal(client, plan(*THREE, budget={"cost": 1}), thinking(None, "0.01"), options=IN_RAND) as run:
        assert (await run.result()).outcome == "reached"
        lines = [line for line in (await run.record()).record if line.step == UNKNOWN]
    assert [line.text for line in lines] == [
        "requests to models count as calls, and not in the budget's cost: nobody knows their price"
    ]


async def test_without_a_rate_no_price_is_known(client: Client) -> None:
    async with goal(client, plan(*THREE, budget={"cost": 1}), thinking("5"), options=GoalOptions()) as run:
        assert (await run.result()).outcome == "reached"
        assert "CURRENCY_PER_DOLLAR" in (await run.line("warned", UNKNOWN)).text


async def test_what_was_spent_goes_along_into_a_new_history(client: Client) -> None:
    async with goal(client, plan(add("one", 1), budget={"cost": 3}), thinking(), options=IN_RAND) as before:
        await before.result()
        line: RecordEntry = (await before.record()).record[0]
    spent = GoalState(record=[line.model_copy(update={"calls": [call("0.20")]})])
    async with goal(client, plan(*THREE, budget={"cost": 3}), thinking(), options=IN_RAND, state=spent) as run:
        assert (await run.review("budget")).risk_reasons == ["cost: 4.00 of 3"]
        await run.decide("budget", "finish")
        await run.result()
