"""A client for the Temporal server that the environment names, else for the embedded one of the state directory."""

import asyncio
import ipaddress
from datetime import timedelta

from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from baton.settings import Settings, temporal_environment

from .asking_again import AskingAgain
from .converter import data_converter
from .embedded import ServerAddress, running
from .large_values import LargeValues
from .quiet import runtime

CONNECT_TIMEOUT = timedelta(seconds=4)
"""How long a server may take to answer before we say that it does not."""


_MEANINGS = (
    (("ConnectionRefused", "Connection refused"), "connection refused, nothing listens there"),
    (("dns error", "failed to lookup address"), "no such host"),
    (("NetworkUnreachable", "HostUnreachable", "No route to host"), "there is no way to that host"),
    (("TimedOut", "Timeout expired", "deadline has elapsed"), "no answer in time"),
    (("UnknownIssuer", "BadSignature", "invalid peer certificate"), "its TLS certificate is not trusted here"),
    (("HandshakeFailure", "InvalidContentType", "received corrupt message"), "it does not speak TLS"),
    (
        ("unknown service", "http2 error", "h2 protocol error", "FRAME_SIZE_ERROR",
         "grpc-status header missing", "BrokenPipe", "ConnectionReset", "connection closed", "UnexpectedEof"),
        "something answers there, but it is not Temporal",
    ),
)  # fmt: skip


class NoServer(Exception):
    """No Temporal server to talk to; its text is one line that says what to do."""


async def connect(settings: Settings, *, embedded: ServerAddress | None = None) -> Client:
    """A client, by TEMPORAL_ADDRESS or a profile, else the running embedded server. Raises NoServer within seconds."""
    keeps = settings.large_values == "files"
    if embedded is not None:
        return await connect_embedded(embedded, keeps_large_values=keeps)
    if settings.temporal_server == "environment":
        named = _named_by_environment()
        if named.get("target_host"):
            _refuse_web_address(named["target_host"])
            where = f"{named['target_host']} (namespace {named.get('namespace', 'default')})"
            advice = "Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_PROFILE."
            values = LargeValues(settings.state_dir, keeps=keeps and is_on_this_machine(named["target_host"]))
            return await _connected(named, where, advice, values)
    address = running(settings.state_dir)
    if address is None:
        raise NoServer(
            f"No Temporal server: none runs in {settings.state_dir}, and TEMPORAL_ADDRESS is not set. "
            "Start one with: uv run starter.py up"
        )
    return await connect_embedded(address, keeps_large_values=keeps)


async def connect_embedded(address: ServerAddress, *, keeps_large_values: bool = True) -> Client:
    """A client for this embedded server, whatever the environment says."""
    target = ClientConnectConfig(target_host=address.host_port, namespace=address.namespace)
    advice = "See temporal.log in the state directory."
    values = LargeValues(address.state_dir, keeps=keeps_large_values)
    return await _connected(target, f"{address.host_port} (embedded)", advice, values)


def is_on_this_machine(address: str) -> bool:
    """Whether `host:port` is a loopback address; large values are kept only then: others would not share the directory.

    A name is never looked up: what it means may be another thing on the next machine.
    """
    host = address.rpartition(":")[0].strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _named_by_environment() -> ClientConnectConfig:
    try:
        return ClientConfig.load_client_connect_config(override_env_vars=temporal_environment())
    except Exception as problem:  # the configuration reader raises RuntimeError and ValueError alike
        raise NoServer(f"Temporal's client configuration is wrong: {_one_line(problem)}") from None


async def _connected(target: ClientConnectConfig, where: str, advice: str, values: LargeValues) -> Client:
    """Connect and ask for the namespace: a wrong one would only show as a worker that never gets work."""
    seconds = CONNECT_TIMEOUT.total_seconds()
    try:
        async with asyncio.timeout(seconds):
            client = await Client.connect(
                **target, data_converter=data_converter(values), runtime=runtime(), interceptors=[AskingAgain()]
            )
            await _see_namespace(client)
    except TimeoutError:
        raise NoServer(f"The Temporal server {where} did not answer within {seconds:.0f} s. {advice}") from None
    except RPCError as refused:
        said = in_plain_words(str(refused)) or f"it refused: {_one_line(refused)}"
        raise NoServer(f"The Temporal server {where} cannot be used: {said}. {advice}") from None
    except (RuntimeError, ValueError, OSError) as problem:
        said = in_plain_words(str(problem)) or _one_line(problem)
        raise NoServer(f"The Temporal server {where} cannot be reached: {said}. {advice}") from None
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


def in_plain_words(problem: str) -> str:
    """What the SDK's nested debug text means; empty when it is none that we know."""
    for marks, words in _MEANINGS:
        if any(mark in problem for mark in marks):
            return words
    return ""


def _refuse_web_address(address: str) -> None:
    scheme, slashes, rest = address.partition("://")
    if slashes:
        instead = rest.rstrip("/") or "127.0.0.1:7233"
        tls = " and TEMPORAL_TLS=true" if scheme == "https" else ""
        raise NoServer(
            f"TEMPORAL_ADDRESS={address}: it takes host and port alone, e.g. TEMPORAL_ADDRESS={instead}{tls}."
        )


def _one_line(problem: BaseException) -> str:
    said = str(problem).partition("tonic::")[0].strip().rstrip(":")  # what follows is the SDK's insides
    return (said.splitlines() or [type(problem).__name__])[0].rstrip(".")[:200]
