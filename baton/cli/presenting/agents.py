"""The list of capabilities, and beneath it what is wrong with those and the systems behind them."""

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from baton.cli.shapes import AgentLine

_HEALTH = {"ok": "ok", "shaky": "warn", "failing": "bad", "broken": "bad", "unknown": "quiet"}
_USED_BY = {"enquiry": "The enquiry", "plans": "Plans"}


def agents_shown(lines: list[AgentLine]) -> Group:
    """One row a capability, those of the enquiry and those that plans may use apart."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("capability", overflow="fold", style="name")
    table.add_column("effect", no_wrap=True)
    table.add_column("by", overflow="fold")
    table.add_column("source", overflow="fold", style="quiet")
    table.add_column("queue", overflow="fold", style="quiet")
    table.add_column("health", no_wrap=True)
    for used_by, title in _USED_BY.items():
        table.add_row(Text(title, style="quiet"))
        for line in (each for each in lines if each.used_by == used_by):
            table.add_row(
                Text(f"  {line.name}"), Text(line.effect.replace("_", " ")), Text(line.agent), Text(line.source),
                Text(line.queue), Text(_health(line), style=_HEALTH[line.health]),
            )  # fmt: skip
    broken = {line.agent.partition(" (")[0]: line.health_detail for line in lines if line.health == "broken"}
    failing = {line.name: line.last_failure for line in lines if line.health in ("failing", "shaky")}
    return Group(
        table, *(Text(f"✗ {name}: {words}", style="bad") for name, words in (*broken.items(), *failing.items()))
    )


def _health(line: AgentLine) -> str:
    """`failing 3/10`: of the latest ten attempts three succeeded. `-`: nothing is known."""
    word = "" if line.health == "unknown" else line.health
    seen = f"{line.succeeded}/{line.tried}" if line.tried else ""
    return " ".join(filter(None, (word, seen))) or "-"
