"""A client for the Temporal server that the environment names, else for the embedded one of the state directory."""

import asyncio
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from baton.settings import Settings, temporal_environment

from .converter import data_converter
from .embedded import ServerAddress, running

CONNECT_TIMEOUT = timedelta(seconds=5)
"""How long a server may take to answer before we say that it does not."""


class NoServer(Exception):
    """No Temporal server to talk to; its text is one line that says what to do."""


async def connect(settings: Settings, *, embedded: ServerAddress | None = None) -> Client:
    """A client, by TEMPORAL_ADDRESS or a profile, else the running embedded server. Raises NoServer within seconds."""
    if embedded is not None:
        return await connect_embedded(embedded)
    if settings.temporal_server == "environment":
        named = _named_by_environment()
        if named.get("target_host"):
            where = f"{named['target_host']} (namespace {named.get('namespace', 'default')})"
            return await _connected(named, where, "Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_PROFILE.")
    address = running(settings.state_dir)
    if address is None:
        raise NoServer(
            f"No Temporal server: none runs in {settings.state_dir}, and TEMPORAL_ADDRESS is not set. "
            "Start one with: uv run starter.py up"
        )
    return await connect_embedded(address)


async def connect_embedded(address: ServerAddress) -> Client:
    """A client for this embedded server, whatever the environment says."""
    target = ClientConnectConfig(target_host=address.host_port, namespace=address.namespace)
    return await _connected(target, f"{address.host_port} (embedded)", "See temporal.log in the state directory.")


def _named_by_environment() -> ClientConnectConfig:
    try:
        return ClientConfig.load_client_connect_config(override_env_vars=temporal_environment())
    except Exception as problem:  # the configuration reader raises RuntimeError and ValueError alike
        raise NoServer(f"Temporal's client configuration is wrong: {_one_line(problem)}") from None


async def _connected(target: ClientConnectConfig, where: str, advice: str) -> Client:
    """Connect and ask for the namespace: a wrong one would only show as a worker that never gets work."""
    seconds = CONNECT_TIMEOUT.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            client = await Client.connect(**target, data_converter=data_converter())
            await _see_namespace(client)
    except TimeoutError:
        raise NoServer(f"The Temporal server {where} did not answer within {seconds:.0f} s. {advice}") from None
    except RPCError as refused:
        raise NoServer(f"The Temporal server {where} refused: {_one_line(refused)}. {advice}") from None
    except (RuntimeError, ValueError, OSError) as problem:
        raise NoServer(f"The Temporal server {where} cannot be reached: {_one_line(problem)}. {advice}") from None
    return client


async def _see_namespace(client: Client) -> None:
    from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest  # noqa: PLC0415

    try:
        await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace), timeout=CONNECT_TIMEOUT
        )
    except RPCError as refused:
        if refused.status is not RPCStatusCode.PERMISSION_DENIED:  # a key may be allowed to work but not to look
            raise


def _one_line(problem: BaseException) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0].rstrip(".")[:200]
