"""`start` with BATON_SHADOW: what keeps the shadow from starting is told, and the enquiry is told as started."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
)

from baton.cli import enquiries, starting
from baton.cli.shapes import Started
from baton.contracts import names
from baton.temporal import connect as connecting
from baton.temporal.converter import data_converter
from baton.temporal.large_values import LargeValueFault
from tests.cli.command_line import run
from tests.workflows.driver import eventually

CANCELS = "Please cancel order #W1043118, I ordered it by mistake."


class NoShadowStarts(Interceptor):
    """Every run begins but those of shadows: the server never answers (None), or there is this fault."""

    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """What starts runs."""
        fault = self._fault

        class Starting(OutboundInterceptor):
            async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
                if input.workflow != names.SHADOW_WORKFLOW:
                    return await super().start_workflow(input)
                if fault is not None:
                    raise fault
                await asyncio.Event().wait()
                raise AssertionError("it waits for ever")

        return Starting(next)


async def terminated(client: Client, *ids: str) -> None:
    """These are ended, and no list shows them as open: other tests count those."""
    for each in ids:
        await client.get_workflow_handle(each).terminate()

    async def look() -> bool | None:
        return not {*ids} & {each.id async for each in client.list_workflows("ExecutionStatus = 'Running'")} or None

    await eventually(look)


@pytest.mark.parametrize(
    ("words", "fault"),
    [(("enquiry", "--text", CANCELS), None), (("goal", CANCELS), LargeValueFault("the disk is full"))],
    ids=["no answer", "full disk"],
)
async def test_an_enquiry_whose_shadow_cannot_be_started_is_told_as_started(
    connected: Path,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    fault: Exception | None,
) -> None:
    async def connect(*_: object, **__: object) -> Client:
        return await Client.connect(
            client.service_client.config.target_host,
            data_converter=data_converter(),
            interceptors=[NoShadowStarts(fault)],
        )

    monkeypatch.setattr(connecting, "connect", connect)
    monkeypatch.setenv("BATON_SHADOW", "rules")
    monkeypatch.setenv("TASK_QUEUE", f"nobody-{uuid4().hex}")
    monkeypatch.setattr(enquiries, "WITHIN_S", 3)
    monkeypatch.setattr(starting, "SHADOW_WITHIN_S", 3)  # all of it: it is none of the time that the enquiry has
    said = await run("start", *words, "--json")
    assert (said.code, "goes on without its shadow" in said.err) == (0, True), said
    handle = client.get_workflow_handle(Started.model_validate_json(said.out).workflow_id)
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    await terminated(client, handle.id)


async def test_a_shadow_that_no_worker_takes_does_not_stay_open_for_ever(
    connected: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BATON_SHADOW", "rules")
    monkeypatch.setenv("TASK_QUEUE", f"nobody-{uuid4().hex}")
    started = Started.model_validate_json((await run("start", "enquiry", "--text", CANCELS, "--json")).out)
    shadow = client.get_workflow_handle(names.shadow_id(started.enquiry_id))
    config = (await shadow.describe()).raw_description.execution_config
    assert config.workflow_execution_timeout.ToTimedelta() == timedelta(days=1)
    await terminated(client, shadow.id, started.workflow_id)
