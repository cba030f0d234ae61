"""Settings of the team: the shop's systems, and agents and processes of one's own."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from .about import About
from .values import ClassPath, Modules, ReadableFile

CONNECTORS = ("ORDER_SYSTEM", "CRM", "MAILBOX")
"""Every `<CONNECTOR>_<X>` of the environment becomes the option `x` of that connector."""


class TeamSettings(BaseSettings):
    """Who works here, and with which systems."""

    order_system: Annotated[
        ClassPath, About("class of the order system's connector", example="my_shop.orders:Orders")
    ] = "baton.connectors.http_orders:HttpOrders"
    crm: Annotated[ClassPath, About("class of the CRM's connector", example="my_shop.crm:Crm")] = (
        "baton.connectors.http_crm:HttpCrm"
    )
    mailbox: Annotated[ClassPath, About("class of the mailbox's connector", example="my_shop.mail:Mailbox")] = (
        "baton.connectors.smtp_mail:SmtpMailbox"
    )
    connector_options: dict[str, dict[str, SecretStr]] = Field(
        default={}, description="options by connector, collected from ORDER_SYSTEM_*, CRM_* and MAILBOX_*", repr=False
    )

    agents: Annotated[
        Modules,
        About(
            "modules with agents of your own, separated by commas: [how to write one](adding-an-agent.md)",
            example="my_shop.agents",
        ),
    ] = ""
    processes: Annotated[
        Modules,
        About(
            "modules with processes of your own, separated by commas: [how to write one](writing-a-process.md)",
            example="my_shop.returns",
        ),
    ] = ""
    agents_file: Annotated[
        ReadableFile | None,
        About("TOML file that lists MCP servers and grants their tools: [how](mcp.md)", example="agents.toml"),
    ] = None

    @property
    def order_system_options(self) -> dict[str, str]:
        """Options of the order system's connector: ORDER_SYSTEM_URL is `url`."""
        return self._options("ORDER_SYSTEM")

    @property
    def crm_options(self) -> dict[str, str]:
        """Options of the CRM's connector: CRM_URL is `url`."""
        return self._options("CRM")

    @property
    def agent_modules(self) -> list[str]:
        """The modules with agents of one's own."""
        return [name for name in self.agents.split(",") if name]

    @property
    def process_modules(self) -> list[str]:
        """The modules with processes of one's own."""
        return [name for name in self.processes.split(",") if name]

    def with_options(self, connector: str, options: Mapping[str, str]) -> Self:
        """The same settings with these options of one connector (`ORDER_SYSTEM`, `CRM`, `MAILBOX`) replaced."""
        merged = {name: SecretStr(value) for name, value in options.items()}
        mine = self.connector_options.get(connector, {}) | merged
        return self.model_copy(update={"connector_options": self.connector_options | {connector: mine}})

    def _options(self, connector: str) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self.connector_options.get(connector, {}).items()}
