"""Writes the committed histories anew: `uv run python -m tests.replay.make_histories`. CONTRIBUTING says when.

`… make_histories goals` writes those of goals alone, `… enquiries` the others.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pydantic import JsonValue
from temporalio.client import Client

from baton.temporal import search_attributes
from baton.temporal.converter import data_converter
from baton.temporal.embedded import EmbeddedServer
from tests.workflows.driver import enquiry
from tests.workflows.goals.driver import goal
from tests.workflows.goals.histories import every_history

from .goal_stages import GOAL_STAGES
from .stages import STAGES

HISTORIES = Path(__file__).parent / "histories"
GOAL_HISTORIES = Path(__file__).parent / "goals"


async def main(of: Sequence[str]) -> None:
    """One history a stage, from a real server."""
    with tempfile.TemporaryDirectory() as state:
        async with EmbeddedServer(Path(state)) as address:
            client = await Client.connect(address.host_port, data_converter=data_converter(), identity="histories")
            await search_attributes.ensure(client)
            known = await search_attributes.existing(client)
            if "enquiries" in of:
                await _enquiries(client, known)
            if "goals" in of:
                await _goals(client, known)


async def _enquiries(client: Client, known: list[str]) -> None:
    for number, stage in enumerate(STAGES, 1):
        async with enquiry(
            client, stage.team(), enquiry_id=f"INQ-{number}", identity="histories", search_attributes=known
        ) as run:
            await stage.reach(run)
            history = await run.handle.fetch_history()
            text = json.dumps(_without_stack_traces(json.loads(history.to_json())), indent=1)
            (HISTORIES / f"{stage.name}.json").write_text(text + "\n", encoding="utf-8")
            await run.handle.terminate() if stage.name != "answered" else None


async def _goals(client: Client, known: list[str]) -> None:
    """A run that went on in new histories leaves one file for each."""
    for number, stage in enumerate(GOAL_STAGES, 1):
        async with goal(
            client,
            stage.plan,
            stage.tools(),
            goal_id=f"GOAL-{number}",
            identity="histories",
            search_attributes=known,
            **stage.changed,
        ) as run:
            await stage.reach(run)
            histories = [each async for each in every_history(client, run)]
            for at, history in enumerate(histories, 1):
                name = stage.name if len(histories) == 1 else f"{stage.name}_{at}"
                text = json.dumps(_without_stack_traces(json.loads(history.to_json())), separators=(",", ":"))
                (GOAL_HISTORIES / f"{name}.json").write_text(text + "\n", encoding="utf-8")
            if not stage.ends:
                await run.handle.terminate()


def _without_stack_traces(part: JsonValue) -> JsonValue:
    """They hold the paths of the machine that wrote them, and replay does not read them."""
    if isinstance(part, dict):
        return {name: _without_stack_traces(value) for name, value in part.items() if name != "stackTrace"}
    return [_without_stack_traces(each) for each in part] if isinstance(part, list) else part


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["enquiries", "goals"]))
