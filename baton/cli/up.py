"""`up`: everything on this machine, until Ctrl-C."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from rich.table import Table
from rich.text import Text
from temporalio.service import RPCError

from baton.cli.console import err, line, note, out
from baton.cli.demo_systems import own_systems
from baton.cli.installation import Installation
from baton.cli.interrupting import until_interrupted
from baton.cli.options import OrdersOption
from baton.cli.problems import Problem, plainly
from baton.cli.runs import Runs, open_runs
from baton.settings import Settings, load_settings, temporal_environment
from baton.temporal.forgetting import forget_large_values
from baton.temporal.large_values import DIRECTORY


@plainly
async def up(orders: OrdersOption = None) -> None:
    """Run everything here: Temporal server, demo systems, worker. Stays until Ctrl-C; open enquiries are kept."""
    settings = load_settings()
    installation = Installation(settings, orders=orders_file(orders), tell=_tell)
    say_which_server(settings)
    try:
        stopped = await until_interrupted(_stay(installation), installation.hurry)
        if stopped:
            line("Ending… open enquiries are kept.", style="quiet")
    finally:
        await installation.end()


def _tell(text: str) -> None:
    err.print(text, style="warn", markup=False, soft_wrap=True)


def orders_file(given: str | None) -> Path | None:
    """The file for the order system, absolute. Raises Problem when it is not there."""
    if given is None:
        return None
    file = Path(given).expanduser().resolve()
    if not file.is_file():
        raise Problem(f"There is no file {given} for --orders.")
    return file


def say_which_server(settings: Settings) -> None:
    """Where the environment names a server, say that this command does not use it."""
    environment = temporal_environment()
    named = [name for name in ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE") if environment.get(name)]
    if named:
        note(f"{' and '.join(named)} is set; this command uses its own server in {settings.state_dir} all the same.")
        note("Other commands follow the environment; TEMPORAL_SERVER=embedded makes them use this server, too.")


async def _stay(installation: Installation) -> None:
    with out.status("Starting the Temporal server, the demo systems and a worker…", spinner="dots"):
        address = await installation.start()
        runs = await open_runs(installation.settings, embedded=address)
        ready = await installation.worker_ready(runs) if installation.owner else True
    if not installation.owner:
        line("Everything is running here already:")
        out.print(addresses(installation))
        return
    if not ready:
        _tell(f"The worker has not come up yet: see {installation.settings.state_dir / 'worker.log'}.")
    out.print(addresses(installation))
    line("")
    line("Running. Hand in a message, or a goal in words, from another terminal:", style="ok")
    line("  uv run starter.py start enquiry --file MAIL.eml --wait", style="key")
    line('  uv run starter.py start goal "GOAL" --wait', style="key")
    line("  uv run starter.py inbox", style="key")
    line("Ctrl-C ends everything; what is open is kept and goes on with the next `up`.", style="quiet")
    await forget_what_temporal_forgot(runs)
    await asyncio.Event().wait()


async def forget_what_temporal_forgot(runs: Runs) -> None:
    """Delete large values of forgotten runs. Nothing depends on it: what does not go today goes with the next `up`."""
    directory = runs.settings.state_dir / DIRECTORY
    with suppress(RPCError, OSError):
        await forget_large_values(runs.client, directory, timedelta(days=runs.settings.retention_days))


def addresses(installation: Installation) -> Table:
    """Where to look: a line each."""
    table = Table.grid(padding=(0, 3, 0, 1))
    server = installation.server_address
    if server is not None:
        table.add_row("Temporal UI", Text(server.ui, style="key"), Text("every run, step by step", style="quiet"))
        table.add_row(
            "Temporal server", Text(server.host_port, style="key"), Text("for `temporal` and clients", style="quiet")
        )
    demo, own = installation.demo, own_systems(installation.settings)
    for name, title, place, what in (
        ("ORDER_SYSTEM", "Order system", demo.orders_url if demo else "", "demo; orders, what was done; API: /docs"),
        ("CRM", "CRM", demo.crm_url if demo else "", "demo; what was logged; API: /docs"),
        ("MAILBOX", "Mail", demo.mail_url if demo else "", "demo; what was sent; API: /docs"),
    ):
        if name in own:
            table.add_row(title, Text(f"as {name}_… says"), Text("your own", style="quiet"))
        elif demo:
            table.add_row(title, Text(place, style="key"), Text(what, style="quiet"))
    table.add_row("State", Text(str(installation.settings.state_dir)), Text("databases, archive, logs", style="quiet"))
    return table
