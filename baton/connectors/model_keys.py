"""Where each provider is asked, and the setting that holds its key."""

import re
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from baton.contracts.models import ModelChains, ModelName, Provider
from baton.contracts.systems import Misconfigured

EXAMPLE = "openai:gpt-5-mini"
OLLAMA_EXAMPLE = "http://127.0.0.1:11434/v1"

KEY_OF: Mapping[Provider, str] = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google-gla": "GOOGLE_API_KEY",
    "ollama": "OLLAMA_API_KEY",
    "url": "BATON_MODEL_KEY",
}
"""The setting with each provider's key, called as the provider calls it."""

_EXAMPLE: Mapping[Provider, str] = {
    "openai": "sk-…",
    "anthropic": "sk-ant-…",
    "google-gla": "AIza…",
}
"""What a key looks like, for those who answer nobody without one."""

_KEY = re.compile(r"[!-~]+")
"""What a header carries. Anything else would fail in the client at each request, and look like a provider's failure."""

ADDRESS: Mapping[Provider, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "google-gla": "https://generativelanguage.googleapis.com",
}
"""Always named: else the clients would read an address from the environment by themselves, and send our key there."""

NO_KEY = "no-key"
"""Sent where a server of one's own wants none."""


class ModelSettings(Protocol):
    """What is read from the settings here."""

    @property
    def models(self) -> ModelChains:
        """The models of each agent."""

    @property
    def ollama_base_url(self) -> str:
        """Where Ollama answers."""

    def settings_naming(self, model: ModelName) -> list[str]:
        """The settings by which this model is asked."""

    def model_key(self, setting: str) -> str:
        """The key in this setting; empty when there is none."""


def key_for(model: ModelName, settings: ModelSettings) -> str:
    """The key to send. Raises Misconfigured, with the setting's name, where there is none that could be sent."""
    setting = KEY_OF[model.provider]
    key = settings.model_key(setting)
    if not key and model.provider in _EXAMPLE:
        raise Misconfigured(f"{model} needs a key: {setting} is not set, e.g. {setting}={_EXAMPLE[model.provider]}")
    if key and not _KEY.fullmatch(key):
        example = _EXAMPLE.get(model.provider, "sk-…")
        raise Misconfigured(
            f"{setting} holds no key: keys have no spaces, curly quotes or letters beyond ASCII. Set it anew, without "
            f"quotes: {setting}={example}"
        )
    return key or NO_KEY


def refuse_two_servers(settings: ModelSettings) -> None:
    """Raise Misconfigured where the one key for servers of one's own would be sent to two of them."""
    setting = KEY_OF["url"]
    named = [model for model in settings.models.names if model.url]
    servers = list(dict.fromkeys(_server_of(model.url) for model in named))
    if len(servers) < 2 or not settings.model_key(setting):
        return
    places = list(dict.fromkeys(place for model in named for place in settings.settings_naming(model)))
    raise Misconfigured(
        f"{setting} would be sent to {' and to '.join(servers)}, and is for one of them alone. Name models at one "
        f"server in {' and '.join(places)}, or take {setting} out where none of them wants a key"
    )


def _server_of(url: str) -> str:
    address = urlsplit(url)
    return f"{address.scheme}://{address.netloc.lower()}"


def address_of(model: ModelName, settings: ModelSettings) -> str:
    """Where a model is asked."""
    return model.url or (settings.ollama_base_url if model.provider == "ollama" else ADDRESS[model.provider])
