"""Who takes a step is decided when the plan is accepted, stands in the record, and is followed when one fails."""

from decimal import Decimal

from temporalio.client import Client

from baton.contracts.goal import PlanChecked
from baton.contracts.plan import Need

from .driver import Goal, add, goal, plan
from .tools import Tools, fails, tool
from .tools import add as plus_one

DEAR = "costs 2 a call, takes 1 s"
OLD = "declared fallback; costs 1 a call, takes 1 s"


def _team(*failing: str) -> Tools:
    """Three that give the same: the planned one, its declared fallback, and a dearer one that nobody declared."""
    return Tools(
        [
            tool("add", fails if "add" in failing else plus_one, fallbacks=["old_copy"]),
            tool("old_copy", fails if "old_copy" in failing else plus_one),
            tool("dear", fails if "dear" in failing else plus_one, cost=Decimal(2)),
            tool("more", plus_one, inputs={"value": Need(type="int"), "other": Need(type="int")}),
        ]
    )


EVERYONE = plan(
    add("one", 1),
    add("two", 2, capability="dear", when=[{"fact": "one.value", "op": ">", "value": 9}]),
    {"id": "three", "capability": "more", "inputs": {"value": 1, "other": 1}, "when": [
        {"fact": "one.value", "op": ">", "value": 9}]},
)  # fmt: skip
"""A run carries the cards of what its plan names: so these may stand in for one another."""


async def _lines(run: Goal, *kinds: str) -> list[tuple[str, str]]:
    return [(line.agent, line.text) for line in (await run.record()).record if line.kind in kinds]


async def test_the_ranking_of_every_step_with_its_reasons_stands_in_the_record(client: Client) -> None:
    async with goal(client, EVERYONE, _team()) as run:
        await run.result()
    (checked,) = [fact for fact in run.tools.archived[0].facts if fact.type == "PlanChecked"]
    rankings = {each.step: each for each in PlanChecked.model_validate(checked.value).rankings}
    assert [(each.capability, each.why) for each in rankings["one"].order] == [
        ("add", "planned; costs 1 a call, takes 1 s"),
        ("dear", DEAR),
        ("old_copy", OLD),
    ]
    assert [each.capability for each in rankings["two"].order] == ["dear", "add", "old_copy"]
    assert [(each.capability, each.why) for each in rankings["one"].left_out] == [("more", "it also needs other")]


async def test_when_the_first_fails_for_good_the_next_in_the_ranking_takes_the_step(client: Client) -> None:
    async with goal(client, EVERYONE, _team("add", "dear")) as run:
        assert (await run.result()).outcome == "reached"
        assert await _lines(run, "failed", "fell_back", "done") == [
            ("Plan check (rules)", "Check the plan"),
            ("scripted add", "Refused: it is out of order"),
            ("scripted dear", f"scripted dear is fallback 1 for add, after add failed; {DEAR}"),
            ("scripted dear", "Refused: it is out of order"),
            ("scripted old_copy", f"scripted old_copy is fallback 2 for add, after add, dear failed; {OLD}"),
            ("scripted old_copy", f"scripted old_copy is fallback 2 for add, after add, dear failed; {OLD}"),
            ("Composer (rules)", "Put the answer together"),
            ("archive", "Keep the record in the archive"),
        ]


async def test_with_nobody_left_a_person_retries_reroutes_supplies_or_skips(client: Client) -> None:
    tools = _team("add", "old_copy", "dear")
    async with goal(client, EVERYONE, tools) as run:
        review = await run.review("failure/one")
        assert [choice.id for choice in review.choices] == ["retry", "supply", "reroute", "skip", "abort"]
        reroute = review.choice("reroute")
        assert reroute is not None
        assert reroute.value_schema == {"type": "string", "enum": ["dear", "old_copy"]}
        await run.decide("failure/one", "reroute", value="dear")
        await run.decide("failure/one", "retry", revision=2)
        await run.decide("failure/one", "supply", value={"value": 7}, revision=3)
        assert (await run.result()).outcome == "reached"
        assert await run.fact("one") == {"value": 7}
    assert [len(tools.asked(name)) for name in ("add", "dear", "old_copy")] == [2, 3, 2]


async def test_a_person_goes_on_without_a_step_that_nobody_could_do(client: Client) -> None:
    async with goal(client, EVERYONE, _team("add", "old_copy", "dear")) as run:
        await run.decide("failure/one", "skip")
        result = await run.result()
    assert result.outcome == "in_part"
    assert result.answer is not None
    assert result.answer.missing[0] == "one: skipped by nomsa"
