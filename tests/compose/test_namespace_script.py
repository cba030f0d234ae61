"""The namespace's set-up of docker-compose.yml, run against a real server."""

import asyncio
import os
import shutil
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from baton.temporal import search_attributes
from baton.temporal.connect import connect_embedded
from baton.temporal.embedded import EmbeddedServer
from baton.temporal.server_program import server_programs

from .parts import environment, services, words


async def test_the_namespace_script_sets_retention_and_attributes_and_is_safe_to_repeat(tmp_path: Path) -> None:
    service = services()["temporal-namespace"]
    (script,) = words(service["command"])
    shell = shutil.which("sh")
    assert shell
    async with EmbeddedServer(tmp_path, retention_days=3) as address:
        given = environment(service) | {"TEMPORAL_ADDRESS": address.host_port}
        given["PATH"] = f"{server_programs()[0].parent}{os.pathsep}{os.environ['PATH']}"
        for _ in range(2):
            process = await asyncio.create_subprocess_exec(shell, "-euc", script.replace("$$", "$"), env=given)
            async with asyncio.timeout(30):
                assert await process.wait() == 0
        client = await connect_embedded(address)
        described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
        assert described.config.workflow_execution_retention_ttl.seconds == 720 * 3600
        assert await search_attributes.existing(client) == list(search_attributes.TYPES)
