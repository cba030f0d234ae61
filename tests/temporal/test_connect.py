"""A client for the named server, else the embedded one; without either, one clear line within seconds."""

import asyncio
import socket
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.settings import Settings
from baton.temporal import connect as connecting
from baton.temporal import search_attributes
from baton.temporal.connect import NoServer, connect
from baton.temporal.embedded import ServerAddress


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No profile or variable of the machine that runs the tests may decide one of them."""
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE", "TEMPORAL_API_KEY", "TEMPORAL_TLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose state directory has no server."""
    return Settings(_env_file=None, state_dir=tmp_path / "state")


async def said(settings: Settings) -> str:
    """The one line of a connection that cannot be made, within 10 s."""
    with pytest.raises(NoServer) as refused:
        async with asyncio.timeout(10):
            await connect(settings)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_the_environments_server_is_used(
    settings: Settings, server: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
    assert (await connect(settings)).service_client.config.target_host == server.host_port


async def test_an_address_in_the_settings_file_counts_like_one_in_the_environment(
    settings: Settings, server: ServerAddress, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(f"TEMPORAL_ADDRESS={server.host_port}\n")
    assert (await connect(settings)).service_client.config.target_host == server.host_port


async def test_a_profile_is_used(
    settings: Settings, server: ServerAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporal.toml").write_text(f'[profile.shop]\naddress = "{server.host_port}"\nnamespace = "default"\n')
    monkeypatch.setenv("TEMPORAL_PROFILE", "shop")
    assert (await connect(settings)).service_client.config.target_host == server.host_port


async def test_without_a_name_the_running_embedded_server_is_used(server: ServerAddress, settings: Settings) -> None:
    assert (await connect(settings, embedded=server)).namespace == "default"


async def test_the_setting_embedded_passes_over_the_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "203.0.113.7:7233")
    assert "none runs in" in await said(settings.model_copy(update={"temporal_server": "embedded"}))


async def test_no_server_at_all_says_how_to_start_one(settings: Settings) -> None:
    assert "uv run starter.py up" in await said(settings)


async def test_a_server_that_is_not_there_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    line = await said(settings)
    assert "127.0.0.1:1" in line
    assert "connection refused" in line
    assert "tonic" not in line


async def test_something_else_that_answers_there_is_told_from_temporal(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{other.sockets[0].getsockname()[1]}")
        assert "something answers there, but it is not Temporal" in await said(settings)


@pytest.mark.parametrize("written", ["http://127.0.0.1:7233", "https://temporal.example:7233/", "http://"])
async def test_a_web_address_is_refused_with_an_example(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", written)
    line = await said(settings)
    assert line.startswith(f"TEMPORAL_ADDRESS={written}: it takes host and port alone, e.g. TEMPORAL_ADDRESS=")
    assert "http" not in line.partition("e.g. ")[2]


async def test_a_server_that_never_answers_is_named_within_the_deadline(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        assert "did not answer" in await said(settings)


async def test_an_unknown_namespace_is_named(
    settings: Settings, server: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "not-there")
    assert "not-there" in await said(settings)


async def test_a_host_name_that_does_not_exist_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "no-such-host.invalid:7233")
    line = await said(settings)
    assert "no-such-host.invalid" in line
    assert "no such host" in line


async def test_tls_against_a_server_without_is_one_line(
    settings: Settings, server: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
    monkeypatch.setenv("TEMPORAL_TLS", "true")
    assert server.host_port in await said(settings)


@pytest.mark.parametrize("written", ["[profile.shop", "profile = 1\n", "[profile.default]\naddress = 5\n"])
async def test_a_broken_profile_file_is_one_line(settings: Settings, tmp_path: Path, written: str) -> None:
    (tmp_path / "temporal.toml").write_text(written)
    assert "configuration is wrong" in await said(settings)


async def test_a_profile_that_is_not_there_is_one_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_PROFILE", "not-there")
    assert "not-there" in await said(settings)


async def test_the_api_key_is_never_in_the_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setenv("TEMPORAL_API_KEY", "hush-hush")
    assert "hush-hush" not in await said(settings)


async def test_a_run_may_carry_every_attribute_that_exists(client: Client) -> None:
    present = await search_attributes.existing(client)
    assert present == list(search_attributes.TYPES)
    assert await search_attributes.ensure(client) == []
    assert connecting.CONNECT_TIMEOUT.total_seconds() <= 10


def test_the_commands_for_an_operator_name_each_missing_attribute() -> None:
    commands = search_attributes.create_commands(["assignees", "due"], "shop")
    assert commands == [
        "temporal operator search-attribute create --namespace shop --name assignees --type KeywordList",
        "temporal operator search-attribute create --namespace shop --name due --type Datetime",
    ]
