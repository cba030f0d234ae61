"""Whether order system, CRM and mail answer, as their connectors say: a line each."""

import asyncio
from collections.abc import Callable

from baton.cli.demo_systems import with_demo_systems
from baton.cli.runs import Runs
from baton.cli.shapes import CheckLine
from baton.contracts.systems import Crm, Mailbox, OrderSystem, SystemFault
from baton.settings import Settings
from baton.temporal.embedded import running

ORDER_SYSTEM, CRM, MAIL = "Order system", "CRM", "Mail (SMTP)"

_SLOW_S = 3.0
_NO_SYSTEMS = "or try the demo systems: uv run starter.py up"


def systems_behind(runs: Runs) -> Settings:
    """The settings that a worker of this server has: those of the demo systems where it is the embedded one."""
    local = running(runs.settings.state_dir)
    here = local is not None and local.host_port == runs.client.service_client.config.target_host
    return with_demo_systems(runs.settings) if here else runs.settings


async def systems_health(settings: Settings) -> list[CheckLine]:
    """Order system, CRM and mail, in this order."""
    from baton.connectors import load  # noqa: PLC0415  HTTP and SMTP clients: only whoever asks for health needs them

    return list(
        await asyncio.gather(
            _system(ORDER_SYSTEM, "ORDER_SYSTEM_URL", lambda: load.load_order_system(settings)),
            _system(CRM, "CRM_URL", lambda: load.load_crm(settings)),
            _system(MAIL, "MAILBOX_HOST and MAILBOX_PORT", lambda: load.load_mailbox(settings)),
        )
    )


async def _system(name: str, setting: str, load: Callable[[], OrderSystem | Crm | Mailbox]) -> CheckLine:
    try:
        system = load()
    except SystemFault as fault:
        return CheckLine(name=name, ok=False, detail=str(fault), todo=f"set {setting}; {_NO_SYSTEMS}")
    todo = f"start it, or check {setting}"
    try:
        async with asyncio.timeout(_SLOW_S):
            health = await system.health()
    except TimeoutError:
        return CheckLine(name=name, ok=False, detail=f"no answer within {_SLOW_S:.0f} s", todo=todo)
    finally:
        await system.aclose()
    return CheckLine(name=name, ok=health.ok, detail=health.detail, todo="" if health.ok else todo)
