"""Where each provider is asked, and the setting that holds its key."""

from collections.abc import Mapping
from typing import Protocol

from baton.contracts.models import ModelChains, ModelName, Provider
from baton.contracts.systems import Misconfigured

MODEL_SETTING = "BATON_MODEL"
EXAMPLE = "openai:gpt-5-mini"

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

    def model_key(self, setting: str) -> str:
        """The key in this setting; empty when there is none."""


def key_for(model: ModelName, settings: ModelSettings) -> str:
    """The key to send. Raises Misconfigured, with the setting's name, where there has to be one and is none."""
    setting = KEY_OF[model.provider]
    key = settings.model_key(setting)
    if not key and model.provider in _EXAMPLE:
        raise Misconfigured(f"{model} needs a key: {setting} is not set, e.g. {setting}={_EXAMPLE[model.provider]}")
    return key or NO_KEY


def address_of(model: ModelName, settings: ModelSettings) -> str:
    """Where a model is asked."""
    return model.url or (settings.ollama_base_url if model.provider == "ollama" else ADDRESS[model.provider])
