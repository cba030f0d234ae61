"""All settings of an installation, and where they are read from."""

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from .models import ModelSettings
from .server import ServerSettings
from .shop import ShopSettings
from .team import CONNECTORS, TeamSettings
from .worker import WorkerSettings


class Settings(WorkerSettings, ShopSettings, ModelSettings, TeamSettings, ServerSettings):
    """Everything an installation can set; unknown names are ignored, wrong values stop the start."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @property
    def mailbox_options(self) -> dict[str, str]:
        """Options of the mailbox's connector: MAILBOX_HOST is `host`; `from_address` is MAIL_FROM unless set."""
        return {"from_address": self.mail_from} | self._options("MAILBOX")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the connectors' options, then the environment, then `.env`."""
        options = _ConnectorOptions(settings_cls, env_settings, dotenv_settings)
        return init_settings, options, env_settings, dotenv_settings


class _ConnectorOptions(PydanticBaseSettingsSource):
    """Collects `<CONNECTOR>_<X>`: a connector's options are its author's, so no field can name them here."""

    def __init__(self, settings_cls: type[BaseSettings], *places: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._places = [place for place in places if isinstance(place, EnvSettingsSource)]

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        """Unused: this source answers as a whole."""
        return None, field_name, False

    def __call__(self) -> dict[str, dict[str, dict[str, str]]]:
        """Options by connector, the environment before `.env`."""
        found: dict[str, dict[str, str]] = {}
        for place in reversed(self._places):
            for name, value in place.env_vars.items():
                for connector in CONNECTORS:
                    if value and name.upper().startswith(f"{connector}_"):
                        found.setdefault(connector, {})[name[len(connector) + 1 :].lower()] = value
        return {"connector_options": found}
