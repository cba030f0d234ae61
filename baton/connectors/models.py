"""From the settings to models that can be asked; nothing of theirs is imported where none is named."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import util
from typing import TYPE_CHECKING

from baton.contracts.asking import AsksModels
from baton.contracts.systems import Misconfigured

from .model_keys import ModelSettings, key_for, refuse_two_servers

if TYPE_CHECKING:
    from .model_clients import Models

_PACKAGES = ("pydantic_ai", "genai_prices", "jinja2", "openai", "anthropic", "google.genai")
"""What the extra `models` brings."""


@asynccontextmanager
async def load_models(settings: ModelSettings) -> AsyncIterator[AsksModels | None]:
    """The models that the settings name, closed at the end; None where they name none. Raises Misconfigured."""
    if not settings.models.names:
        yield None
        return
    models = _made(settings)
    async with models.opened():
        yield models


def check_models(settings: ModelSettings) -> None:
    """Raise Misconfigured where a model that the settings name lacks its packages or a key of its own; asks nobody."""
    for model in settings.models.names:
        if not all(_is_there(package) for package in _PACKAGES):
            raise Misconfigured(
                f"{settings.settings_naming(model)[0]}={model}: the packages for models are not installed: "
                "uv sync --extra models"
            )
        key_for(model, settings)
    refuse_two_servers(settings)


def _is_there(package: str) -> bool:
    with suppress(ModuleNotFoundError):  # of `google.genai`, where not even `google` is there
        return util.find_spec(package) is not None
    return False


def _made(settings: ModelSettings) -> "Models":
    check_models(settings)
    from .model_clients import Models  # noqa: PLC0415  it takes seconds, and only who names a model has its packages

    return Models(settings)
