"""Where the demo systems listen, and the settings that point a worker at them."""

import json
import socket
from pathlib import Path

from pydantic import ValidationError

from baton.contracts.wire import Wire
from baton.settings import Settings


class DemoAddresses(Wire):
    """demo.json: what the demo systems say of themselves when they answer."""

    orders_url: str
    crm_url: str
    mail_url: str
    smtp_host: str
    smtp_port: int
    pid: int

    def port_arguments(self) -> list[str]:
        """The options that give the same ports again: links to the mail page survive a restart."""
        ports = {"orders": self.orders_url, "crm": self.crm_url, "mail": self.mail_url}
        given = [word for name, url in ports.items() for word in (f"--{name}-port", url.rpartition(":")[2])]
        return [*given, "--smtp-port", str(self.smtp_port)]


def read_addresses(state_dir: Path) -> DemoAddresses | None:
    """The addresses of the last demo systems of this state directory; None when there are none."""
    try:
        return DemoAddresses.model_validate(json.loads((state_dir / "demo" / "demo.json").read_text()))
    except (OSError, ValueError, ValidationError):
        return None


def free_ports(former: DemoAddresses | None) -> list[str]:
    """The former ports where all of them are free, else none: then any will do."""
    if former is None:
        return []
    arguments = former.port_arguments()
    return arguments if all(_is_free(int(port)) for port in arguments[1::2]) else []


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def own_systems(settings: Settings) -> list[str]:
    """Which of order system, CRM and mail the settings point at systems of the shop's own."""
    own = []
    for name, options, wanted in (
        ("ORDER_SYSTEM", settings.order_system_options, "url"),
        ("CRM", settings.crm_options, "url"),
        ("MAILBOX", settings.mailbox_options, "host"),
    ):
        named = getattr(settings, name.lower())
        if options.get(wanted) or named != Settings.model_fields[name.lower()].default:
            own.append(name)
    return own


def uses_demo_systems(settings: Settings) -> bool:
    """Whether any of the three systems is a stand-in."""
    return len(own_systems(settings)) < 3


def connector_environment(settings: Settings, demo: DemoAddresses) -> dict[str, str]:
    """The environment that points the connectors at the demo systems, save those that the settings configure."""
    theirs = {
        "ORDER_SYSTEM": {"ORDER_SYSTEM_URL": demo.orders_url},
        "CRM": {"CRM_URL": demo.crm_url},
        "MAILBOX": {
            "MAILBOX_HOST": demo.smtp_host,
            "MAILBOX_PORT": str(demo.smtp_port),
            "MAILBOX_SENT_URL": demo.mail_url,
        },
    }
    own = own_systems(settings)
    return {key: value for name, options in theirs.items() if name not in own for key, value in options.items()}


def demo_shop(settings: Settings) -> dict[str, str]:
    """The demo shop's name and address for its mails, where the user has set none."""
    shop = {
        "shop_name": "Veld & Vuur",
        "shop_signature": r"Kind regards\nVeld & Vuur, customer service",
        "mail_from": "help@veldenvuur.example",
    }
    fields = Settings.model_fields
    return {name.upper(): text for name, text in shop.items() if getattr(settings, name) == fields[name].default}


def keep_shop(settings: Settings, shop: dict[str, str]) -> None:
    """Write down in whose name the worker here sends mails, for the commands that hand enquiries in."""
    file = settings.state_dir / "demo" / "shop.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(shop) + "\n", encoding="utf-8")


def in_the_shops_name(settings: Settings) -> Settings:
    """The settings with the name and signature of the shop that runs here: its mails are not signed by another."""
    try:
        shop = json.loads((settings.state_dir / "demo" / "shop.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return settings
    unset = demo_shop(settings).keys() & shop.keys()
    return settings.model_copy(update={name.lower(): str(shop[name]) for name in unset})


def with_demo_systems(settings: Settings) -> Settings:
    """The settings as the worker of `up` sees them: the demo systems where nothing else is configured."""
    demo = read_addresses(settings.state_dir)
    return settings if demo is None else _pointed_at(settings, demo)


async def check_own_systems(settings: Settings) -> None:
    """Raise SystemFault where a system of the shop's own cannot be loaded: its worker would only end again and again.

    The stand-ins have no addresses before they run, so they count as right.
    """
    from baton.connectors.load import load_systems  # noqa: PLC0415  HTTP and SMTP clients: other commands need none

    nowhere = "http://127.0.0.1:9"
    demo = DemoAddresses(
        orders_url=nowhere, crm_url=nowhere, mail_url=nowhere, smtp_host="127.0.0.1", smtp_port=9, pid=0
    )
    async with load_systems(_pointed_at(settings, demo)):
        return


def _pointed_at(settings: Settings, demo: DemoAddresses) -> Settings:
    for key, value in connector_environment(settings, demo).items():
        name = next(each for each in ("ORDER_SYSTEM", "CRM", "MAILBOX") if key.startswith(f"{each}_"))
        settings = settings.with_options(name, {key.removeprefix(f"{name}_").lower(): value})
    return settings
