"""A plan is carried out as wide as it goes, and answered."""

from temporalio.client import Client

from .driver import add, goal, plan, ref


async def test_results_go_where_they_are_needed_and_into_the_answer(client: Client) -> None:
    planned = plan(
        add("one", 1, intent="Add one"),
        add("two", ref("one.value")),
        add("three", ref("two.value")),
        wanted=["Number"],
    )
    async with goal(client, planned) as run:
        result = await run.result()
        assert await run.fact("three") == {"value": 4, "source": "add"}
    assert result.outcome == "reached"
    assert result.answer is not None
    assert [each.step for each in result.answer.statements] == ["three", "one", "two"]
    assert result.answer.statements[1].text == "Add one: value 2, source add"
    assert [record.enquiry_id for record in run.tools.archived] == [result.goal_id]
