"""What lists show of a run: what matters at once, and each change no dearer than it has to be."""

import asyncio
import json

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from baton.contracts import names
from baton.contracts.review import Intervention
from baton.temporal import search_attributes as sa

from .driver import Run, enquiry
from .gated import Gated


async def written(run: Run) -> list[dict[str, object]]:
    """Each update of the search attributes, in order."""
    history = await run.handle.fetch_history()
    return [
        {
            name: json.loads(value.data) if value.data else None
            for name, value in (
                event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields.items()
            )
        }
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    ]


async def test_stages_that_nobody_could_read_are_not_written(client: Client) -> None:
    known = await sa.existing(client)
    async with enquiry(client, search_attributes=known, stages_apart_s=3600) as run:
        await run.open_review()
        await run.decide("approve")
        await run.result()
        updates = await written(run)
        shown = {pair.key.name: pair.value for pair in (await run.handle.describe()).typed_search_attributes}
    assert [update[names.SA_STAGE] for update in updates] == ["waiting for a review", "acting", "ended: answered"]
    assert [update.get(names.SA_WAITING_ON) for update in updates] == ["review", "nothing", None]
    assert shown[names.SA_WAITING_ON] == "nothing"
    assert names.SA_DUE not in shown


async def test_a_run_that_takes_long_shows_each_of_its_stages(client: Client) -> None:
    team = Gated(lambda name, _: name == "choose_orders")
    async with enquiry(client, team, search_attributes=await sa.existing(client), stages_apart_s=0.1) as run:
        await team.reached.wait()
        await asyncio.sleep(0.2)
        team.gate.set()
        await run.open_review()
        assert "proposing" in [update[names.SA_STAGE] for update in await written(run)]
        await run.decide("reject")
        await run.result()


async def test_without_that_wish_each_stage_is_written(client: Client) -> None:
    async with enquiry(client, search_attributes=await sa.existing(client)) as run:
        await run.open_review()
        stages = [update[names.SA_STAGE] for update in await written(run)]
        await run.decide("reject")
        await run.result()
    assert stages == ["reading", "checking orders", "proposing", "waiting for a review"]


async def test_that_a_run_is_paused_and_goes_on_is_written_at_once(client: Client) -> None:
    team = Gated(lambda name, _: name == "choose_orders")
    async with enquiry(client, team, search_attributes=await sa.existing(client), stages_apart_s=3600) as run:
        await team.reached.wait()
        for signal in (names.PAUSE, names.RESUME):
            await run.handle.signal(signal, Intervention(by="nomsa"))
        team.gate.set()
        await run.open_review()
        stages = [update[names.SA_STAGE] for update in await written(run)]
        await run.decide("reject")
        await run.result()
    assert stages == ["paused", "checking orders", "waiting for a review"]


async def test_only_what_changed_is_written(client: Client) -> None:
    async with enquiry(client, search_attributes=await sa.existing(client)) as run:
        await run.open_review()
        updates = await written(run)
        await run.decide("reject")
        await run.result()
    stage, priority, due = names.SA_STAGE, names.SA_PRIORITY, names.SA_DUE
    assert [set(update) for update in updates] == [
        {stage, priority},
        {stage},
        {stage},
        {stage, names.SA_WAITING_ON, due} | ({priority} if priority in updates[-1] else set()),
    ]
