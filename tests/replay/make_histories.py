"""Writes the committed histories anew: `uv run python -m tests.replay.make_histories`. CONTRIBUTING says when."""

import asyncio
import json
import tempfile
from pathlib import Path

from pydantic import JsonValue
from temporalio.client import Client

from baton.temporal import search_attributes
from baton.temporal.converter import data_converter
from baton.temporal.embedded import EmbeddedServer
from tests.workflows.driver import enquiry

from .stages import STAGES

HISTORIES = Path(__file__).parent / "histories"


async def main() -> None:
    """One history a stage, from a real server."""
    with tempfile.TemporaryDirectory() as state:
        async with EmbeddedServer(Path(state)) as address:
            client = await Client.connect(address.host_port, data_converter=data_converter(), identity="histories")
            await search_attributes.ensure(client)
            known = await search_attributes.existing(client)
            for number, stage in enumerate(STAGES, 1):
                async with enquiry(
                    client, stage.team(), enquiry_id=f"INQ-{number}", identity="histories", search_attributes=known
                ) as run:
                    await stage.reach(run)
                    history = await run.handle.fetch_history()
                    text = json.dumps(_without_stack_traces(json.loads(history.to_json())), indent=1)
                    (HISTORIES / f"{stage.name}.json").write_text(text + "\n", encoding="utf-8")
                    await run.handle.terminate() if stage.name != "answered" else None


def _without_stack_traces(part: JsonValue) -> JsonValue:
    """They hold the paths of the machine that wrote them, and replay does not read them."""
    if isinstance(part, dict):
        return {name: _without_stack_traces(value) for name, value in part.items() if name != "stackTrace"}
    return [_without_stack_traces(each) for each in part] if isinstance(part, list) else part


if __name__ == "__main__":
    asyncio.run(main())
