"""A command line that talks to the tests' own server and keeps its state in a place of its own."""

from pathlib import Path

import pytest

from baton.settings import settings_table
from baton.temporal.embedded import ServerAddress


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No server, no settings of this machine: the state directory is empty."""
    for line in settings_table():
        monkeypatch.delenv(line.name, raising=False)
    for name in ("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "no-profile.toml"))
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("LOGNAME", "nomsa")
    return tmp_path


@pytest.fixture
def connected(alone: Path, monkeypatch: pytest.MonkeyPatch, server: ServerAddress) -> Path:
    """The environment names the tests' server."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.host_port)
    monkeypatch.setenv("UI_ADDRESS", server.ui)
    return alone
