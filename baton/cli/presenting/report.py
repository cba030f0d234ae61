"""A month's report: a column for each process, a row for each thing that is counted."""

from collections.abc import Callable
from decimal import Decimal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton.agents.money import money
from baton.cli.presenting.words import plural
from baton.cli.shapes import Lengths, MonthReport, Tally

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
        ("turnaround, median", lambda each: _length(each.turnaround.median_s)),
        ("turnaround, 90th percentile", lambda each: _length(each.turnaround.p90_s)),
        ("reviews decided", lambda each: _count(each.reviews.count)),
        ("from opened to decided, median", lambda each: _length(each.reviews.median_s)),
        ("from opened to decided, 90th percentile", lambda each: _length(each.reviews.p90_s)),
        ("from opened to decided, all, minutes", lambda each: _minutes(each.reviews)),
        ("retries", lambda each: _count(each.retries)),
        ("fallbacks", lambda each: _count(each.fallbacks)),
        ("failure reviews", lambda each: _count(each.failure_reviews)),
        ("requests to models", lambda each: _count(each.model_requests)),
        ("  tokens in", lambda each: _count(each.input_tokens)),
        ("  tokens out", lambda each: _count(each.output_tokens)),
        ("  of unknown price", lambda each: _count(each.price_unknown)),
        ("cost of models", lambda each: _cost(each, report.currency)),
    ]
    return rows


def _outcome(name: str) -> Callable[[Tally], str]:
    return lambda each: _count(each.outcomes.get(name, 0))


def _count(count: int) -> str:
    return f"{count:,}" if count else "–"


def _cost(each: Tally, currency: str) -> str:
    """Where no price is known there is no sum; a trace of money is not none."""
    if each.price_unknown == each.model_requests:
        return "unknown" if each.price_unknown else "–"
    if 0 < each.cost < _CENT:
        return f"below {money(_CENT, currency)}"
    return money(each.cost, currency) + (" and what is unknown" if each.price_unknown else "")


def _length(seconds: float | None) -> str:
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
    if report.wanted_currency and report.all.model_requests:
        remarks.append(
            f"Costs are in dollars: what one costs in {report.wanted_currency} is not set (CURRENCY_PER_DOLLAR)."
        )
    elif report.per_dollar != 1 and report.all.model_requests:
        remarks.append(f"A dollar is counted as {money(report.per_dollar, report.currency)} (CURRENCY_PER_DOLLAR).")
    if report.unreadable:
        remarks.append(f"{plural(len(report.unreadable), 'record')} could not be read, and does not count.")
    return [Text(each, style="quiet") for each in remarks]
