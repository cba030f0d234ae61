"""From the settings to models that can be asked; nothing of theirs is imported where none is named."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from baton.contracts.asking import AsksModels
from baton.contracts.systems import Misconfigured

from .model_keys import MODEL_SETTING, ModelSettings

if TYPE_CHECKING:
    from .model_clients import Models


@asynccontextmanager
async def load_models(settings: ModelSettings) -> AsyncIterator[AsksModels | None]:
    """The models that the settings name, closed at the end; None where they name none. Raises Misconfigured."""
    if not settings.models.names:
        yield None
        return
    models = _made(settings)
    async with models.opened():
        yield models


def _made(settings: ModelSettings) -> "Models":
    try:
        from .model_clients import Models  # noqa: PLC0415  it takes seconds, and only who names a model has its packages

        return Models(settings)
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] == "baton":
            raise
        first = settings.models.names[0]
        raise Misconfigured(
            f"{MODEL_SETTING}={first}: the packages for models are not installed: uv sync --extra models"
        ) from None
