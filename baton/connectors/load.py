"""From the settings to connectors: the class that a setting names, made with its own options."""

import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from baton.contracts.systems import ConnectorFactory, Crm, Mailbox, Misconfigured, OrderSystem

_EXAMPLE = "my_shop.orders:Orders"


class ConnectorSettings(Protocol):
    """What is read from the settings here."""

    @property
    def order_system(self) -> str:
        """Class of the order system, module:Class."""

    @property
    def order_system_options(self) -> dict[str, str]:
        """Its options."""

    @property
    def crm(self) -> str:
        """Class of the CRM."""

    @property
    def crm_options(self) -> dict[str, str]:
        """Its options."""

    @property
    def mailbox(self) -> str:
        """Class of the mailbox."""

    @property
    def mailbox_options(self) -> dict[str, str]:
        """Its options."""


@dataclass(frozen=True)
class Systems:
    """The systems of one installation."""

    orders: OrderSystem
    crm: Crm
    mailbox: Mailbox


def load_connector(path: str, options: Mapping[str, str]) -> OrderSystem | Crm | Mailbox:
    """The connector of this class. Misconfigured, in one line, where the class or an option will not do."""
    module_name, _, class_name = path.partition(":")
    if not module_name or not class_name:
        raise Misconfigured(f"'{path}' does not name a class as module:Class, e.g. {_EXAMPLE}")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as missing:
        if missing.name and (module_name == missing.name or module_name.startswith(f"{missing.name}.")):
            raise Misconfigured(f"there is no module '{missing.name}' for '{path}', e.g. {_EXAMPLE}") from None
        raise Misconfigured(f"the module of '{path}' needs '{missing.name}', which is not installed") from missing
    except Exception as failure:
        raise Misconfigured(f"the module of '{path}' cannot be imported: {type(failure).__name__}") from failure
    factory = getattr(module, class_name, None)
    if not callable(factory):
        raise Misconfigured(f"the module '{module_name}' has no class '{class_name}', e.g. {_EXAMPLE}")
    return cast(ConnectorFactory, factory)(options)


System = TypeVar("System", OrderSystem, Crm, Mailbox)


def _named(setting: str, path: str, options: Mapping[str, str], contract: type[System]) -> System:
    """The connector that a setting names; a fault says which setting, and a class of another kind is refused."""
    try:
        connector = load_connector(path, options)
    except Misconfigured as fault:
        raise Misconfigured(f"{setting} ({path}): {fault}. An option x is set as {setting}_X") from fault
    lacks = sorted(
        name for name in vars(contract) if not name.startswith("_") and not callable(getattr(connector, name, None))
    )
    if lacks:
        raise Misconfigured(f"{setting} ({path}): the class is no {contract.__name__}: it lacks {', '.join(lacks)}")
    return cast(System, connector)


def load_order_system(settings: ConnectorSettings) -> OrderSystem:
    """The order system that the settings name. Raises Misconfigured."""
    return _named("ORDER_SYSTEM", settings.order_system, settings.order_system_options, OrderSystem)  # type: ignore[type-abstract]


def load_crm(settings: ConnectorSettings) -> Crm:
    """The CRM that the settings name. Raises Misconfigured."""
    return _named("CRM", settings.crm, settings.crm_options, Crm)  # type: ignore[type-abstract]


def load_mailbox(settings: ConnectorSettings) -> Mailbox:
    """The mailbox that the settings name. Raises Misconfigured."""
    return _named("MAILBOX", settings.mailbox, settings.mailbox_options, Mailbox)  # type: ignore[type-abstract]


@asynccontextmanager
async def load_systems(settings: ConnectorSettings) -> AsyncIterator[Systems]:
    """The three systems that the settings name, closed at the end."""
    orders, crm, mailbox = load_order_system(settings), load_crm(settings), load_mailbox(settings)
    try:
        yield Systems(orders, crm, mailbox)
    finally:
        for connector in (orders, crm, mailbox):
            await connector.aclose()
