"""A month's report: a column for each process, a row for each thing that is counted."""

from collections.abc import Callable
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton.agents.money import money
from baton.cli.presenting.words import plural
from baton.cli.shadow_shapes import Made
from baton.cli.shapes import Lengths, MonthReport, OfAMonth, Tally

_TITLES = {"enquiry": "enquiries", "goal": "goals"}
_CENT = Decimal("0.01")


def report_shown(report: MonthReport) -> RenderableType:
    """The report as a business owner reads it."""
    heading = Text.assemble(
        (f"{report.begin:%B %Y}", "name"), (f" · received in this month, {report.begin:%Z}", "quiet")
    )
    if not report.all.received:
        return Group(heading, Text("Nothing came in."))
    shown = [each for each in report.processes if each.received]
    if len(shown) > 1:
        shown.append(report.all)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column("", no_wrap=True)
    for each in shown:
        table.add_column(_TITLES.get(each.process, each.process), justify="right", overflow="fold")
    for title, cell in _rows(report):
        table.add_row(title, *(cell(each) for each in shown))
    return Group(heading, Text(), table, Text(), *_remarks(report))


def _rows(report: MonthReport) -> list[tuple[str, Callable[[Tally], str]]]:
    rows: list[tuple[str, Callable[[Tally], str]]] = [("received", lambda each: f"{each.received:,}")]
    rows += [(f"  {name.replace('_', ' ')}", _outcome(name)) for name in report.all.outcomes]
    rows += [
        ("  still open", lambda each: "?" if each.open is None else _count(each.open)),
        ("handed over to a person", lambda each: _count(each.handed_over)),
        ("turnaround, median", lambda each: length_shown(each.turnaround.median_s)),
        ("turnaround, 90th percentile", lambda each: length_shown(each.turnaround.p90_s)),
        ("reviews decided", lambda each: _count(each.reviews.count)),
        ("from opened to decided, median", lambda each: length_shown(each.reviews.median_s)),
        ("from opened to decided, 90th percentile", lambda each: length_shown(each.reviews.p90_s)),
        ("from opened to decided, all, minutes", lambda each: _minutes(each.reviews)),
        ("retries", lambda each: _count(each.retries)),
        ("fallbacks", lambda each: _count(each.fallbacks)),
        ("failure reviews", lambda each: _count(each.failure_reviews)),
        ("requests to models", lambda each: _count(each.model_requests)),
        ("  tokens in", lambda each: _count(each.input_tokens)),
        ("  tokens out", lambda each: _count(each.output_tokens)),
        ("  of unknown price", lambda each: _count(each.price_unknown)),
        ("cost of models", lambda each: cost_shown(each, report.currency)),
    ]
    return rows


def _outcome(name: str) -> Callable[[Tally], str]:
    return lambda each: _count(each.outcomes.get(name, 0))


def _count(count: int) -> str:
    return f"{count:,}" if count else "–"


def cost_shown(each: Tally | Made, currency: str) -> str:
    """Where no price is known there is no sum; a trace of money is not none."""
    if each.price_unknown == each.model_requests:
        return "unknown" if each.price_unknown else "–"
    if 0 < each.cost < _CENT:
        return f"below {money(_CENT, currency)}"
    return money(each.cost, currency) + (" and what is unknown" if each.price_unknown else "")


def length_shown(seconds: float | None) -> str:
    """A time in the largest unit of which it has two."""
    if seconds is None:
        return "–"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _minutes(lengths: Lengths) -> str:
    return f"{lengths.total_s / 60:,.1f}" if lengths.count else "–"


def _remarks(report: MonthReport) -> list[Text]:
    remarks = ["From opened to decided is time by the clock, nights and pauses too: not how long somebody worked."]
    if report.all.model_requests or report.shadows.model_requests:
        remarks += on_the_currency(report)
    if report.shadows.received:
        shadows = plural(report.shadows.received, "shadow")
        cost = cost_shown(report.shadows, report.currency)
        requests = plural(report.shadows.model_requests, "request")
        remarks.append(f"Not counted above: {shadows}, {requests} to models, cost {cost} (starter.py shadow report).")
    remarks += on_unreadable(report)
    return [Text(each, style="quiet") for each in remarks]


def on_the_currency(report: OfAMonth) -> list[str]:
    """What the costs of a report are in, where that is no matter of course."""
    if report.wanted_currency:
        return [f"Costs are in dollars: what one costs in {report.wanted_currency} is not set (CURRENCY_PER_DOLLAR)."]
    if report.per_dollar != 1:
        return [f"A dollar is counted as {money(report.per_dollar, report.currency)} (CURRENCY_PER_DOLLAR)."]
    return []


def on_unreadable(report: OfAMonth) -> list[str]:
    """How many records a report goes without."""
    if not report.unreadable:
        return []
    return [f"{plural(len(report.unreadable), 'record')} could not be read, and does not count."]
