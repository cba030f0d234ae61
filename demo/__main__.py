"""`python -m demo --state DIR`: the stand-in order system, CRM and mail server, all or one of them."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from .servers import ALL_SYSTEMS, DemoError, DemoSystems, Places, SystemName

_STANDARD_PORTS: dict[str, int] = {"orders": 8001, "crm": 8002, "mail": 8003}


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("system", nargs="?", choices=ALL_SYSTEMS, help="only this one (default: all)")
    parser.add_argument("--state", type=Path, default=Path(".baton/demo"), help="directory of the databases")
    parser.add_argument("--orders", type=Path, help="JSON file with products, users and orders (default: our own shop)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port of the one system named (orders 8001, crm 8002, mail 8003)")
    parser.add_argument("--no-keys", action="store_true", help="orders and CRM ignore idempotency keys, as many do")
    for name, port in (("orders", 0), ("crm", 0), ("mail", 0), ("smtp", 0)):
        parser.add_argument(f"--{name}-port", type=int, default=port, help="0, the default: any free one")
    return parser


def _places(asked: argparse.Namespace) -> Places:
    ports: dict[str, int] = {f"{name}_port": getattr(asked, f"{name}_port") for name in (*ALL_SYSTEMS, "smtp")}
    if asked.system is not None:
        own = f"{asked.system}_port"
        ports[own] = asked.port if asked.port is not None else ports[own] or _STANDARD_PORTS[asked.system]
        if asked.system == "mail":
            ports["smtp_port"] = ports["smtp_port"] or 8025
    return Places(host=asked.host, **ports)


async def _serve(asked: argparse.Namespace) -> None:
    only: tuple[SystemName, ...] = (asked.system,) if asked.system else ALL_SYSTEMS
    systems = DemoSystems(asked.state, asked.orders, _places(asked), only, keys=not asked.no_keys)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, ended.set)
    await systems.open()
    try:
        if asked.system is None:
            systems.write_addresses()
        for name, place in systems.addresses().items():
            sys.stdout.write(f"{name} {place}\n")
        sys.stdout.flush()
        await ended.wait()
    finally:
        await systems.close()


def main() -> int:
    """Serve until SIGTERM or SIGINT; one line and exit code 1 where that cannot start."""
    asked = _arguments().parse_args()
    if asked.port is not None and asked.system is None:
        sys.stderr.write("--port goes with one system, e.g. python -m demo orders --port 8001\n")
        return 2
    try:
        asyncio.run(_serve(asked))
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
