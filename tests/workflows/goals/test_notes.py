"""What people note of a goal: it is kept, and changes no plan."""

from temporalio.client import Client

from baton.contracts import names
from baton.contracts.steering import MOST_TOLD, Note
from tests.workflows.driver import eventually, until

from .driver import goal, plan
from .parcels import basket, parcels, to_the_parcel
from .tools import Gate


async def test_a_note_is_in_the_record_the_status_and_the_answer_and_changes_no_plan(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(), parcels(find_basket=gate)) as run:
        await until(lambda: gate.reached == 1)
        for _ in range(2):
            note = Note(text="Leave it with the neighbour", author="nomsa", note_id="n1")
            await run.handle.signal(names.ADD_NOTE, note)
        await run.line("noted")
        steps = (await run.status()).steps
        gate.opened.set()
        result = await run.result()
        record = await run.record()
    assert [(step.title, step.agent, step.detail) for step in steps if step.step == "plan/note/1"] == [
        ("Note", "nomsa", "Leave it with the neighbour")
    ]
    assert result.answer is not None
    assert result.answer.text.endswith("\n\nNoted:\n- Leave it with the neighbour (nomsa)")
    assert [fact.value for fact in record.facts if fact.type == "Note"] == [
        {"text": "Leave it with the neighbour", "author": "nomsa", "note_id": "n1"}
    ]
    assert [(each.signal, each.signal_id, each.reason) for each in record.refusals] == [
        ("add_note", "n1", "it was taken already")
    ]
    assert [line.kind for line in record.record if line.step.startswith("plan/note")] == ["noted"]


async def test_so_many_notes_and_no_more(client: Client) -> None:
    gate = Gate(basket)
    async with goal(client, to_the_parcel(), parcels(find_basket=gate)) as run:
        for number in range(MOST_TOLD + 1):
            await run.handle.signal(names.ADD_NOTE, Note(text=f"{number}", author="nomsa"))

        async def refused() -> bool | None:
            return bool((await run.record()).refusals) or None

        await eventually(refused)
        gate.opened.set()
        result = await run.result()
    assert result.answer and len(result.answer.notes) == MOST_TOLD


async def test_a_card_number_in_a_note_is_masked(client: Client) -> None:
    async with goal(client, plan({"id": "day", "capability": "wait", "inputs": {"seconds": 2}})) as run:
        told = {"text": "pays with 4111 1111 1111 1111", "author": "nomsa"}
        await run.handle.signal(names.ADD_NOTE, told)
        line = await run.line("noted")
        assert line.text == "pays with [card ending 1111]"
        await run.result()
