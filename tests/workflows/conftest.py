"""A server on which hours and days pass in no time."""

import shutil
from collections.abc import AsyncIterator

import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from baton.temporal.converter import data_converter


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """Temporal's test server, which skips time while nothing happens."""
    program = shutil.which("temporal-test-server")
    assert program, "temporal-test-server is in the test group"
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=program, data_converter=data_converter()
    ) as environment:
        yield environment
