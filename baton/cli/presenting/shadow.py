"""A month's shadows: a section for each set of models, then what differed, enquiry by enquiry."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from baton.cli.presenting.report import cost_shown, length_shown, on_the_currency, on_unreadable
from baton.cli.presenting.words import plural
from baton.cli.shadow_shapes import Choice, Difference, ShadowReport, ShadowTally

_SAME: dict[Choice, str] = {
    "customer": "the same customer",
    "requests": "the same requests",
    "orders": "the same orders",
    "course": "proposes, hands over, asks or dismisses alike",
    "actions": "the same actions",
}


def shadow_report_shown(report: ShadowReport) -> RenderableType:
    """The report as whoever decides on a model reads it."""
    heading = Text.assemble(
        (f"{report.begin:%B %Y}", "name"), (f" · received in this month, {report.begin:%Z}", "quiet")
    )
    if not report.tallies:
        words = "No shadow ended. BATON_SHADOW names who makes one of each enquiry that comes in from then on."
        return Group(heading, Text(words), *_remarks(report))
    sections = [part for each in report.tallies for part in _section(each, report.currency)]
    return Group(heading, *sections, *_remarks(report))


def _section(tally: ShadowTally, currency: str) -> Iterator[RenderableType]:
    spent = f"{plural(tally.spent.model_requests, 'request')} to models, cost {cost_shown(tally.spent, currency)}"
    yield Text()
    yield Text.assemble((", then ".join(tally.models) or "rules", "name"), f" · {plural(tally.shadows, 'shadow')}, ",
                        f"{tally.compared} compared; all of them: {spent}")  # fmt: skip
    if tally.compared:
        yield from (Text(), _agreement(tally), Text(), _sides(tally, currency))
    if tally.decisions:
        yield from (Text(), _decisions(tally))
    if tally.differing:
        yield from (Text(), Text("What differed", style="name"))
        yield from (line for each in tally.differing for line in _difference(each))
    if tally.not_compared:
        yield from (Text(), Text("Not compared", style="name"))
        yield from (Text(f"{each.enquiry_id}: {each.why}") for each in tally.not_compared)


def _agreement(tally: ShadowTally) -> Table:
    table = _table("", "enquiries", "of those compared")
    rows = [(_SAME[what], count) for what, count in tally.same.items()] + [("the same in all", tally.same_in_all)]
    for title, count in rows:
        table.add_row(title, f"{count:,}", f"{count / tally.compared:.0%}")
    return table


def _sides(tally: ShadowTally, currency: str) -> Table:
    table = _table("of those compared", "in use", "shadow")
    sides = (tally.in_use, tally.shadow)
    table.add_row("from received to proposed, median", *(length_shown(each.took.median_s) for each in sides))
    table.add_row("from received to proposed, 90th percentile", *(length_shown(each.took.p90_s) for each in sides))
    table.add_row("requests to models", *(f"{each.model_requests:,}" for each in sides))
    table.add_row("  tokens in", *(f"{each.input_tokens:,}" for each in sides))
    table.add_row("  tokens out", *(f"{each.output_tokens:,}" for each in sides))
    table.add_row("cost of models", *(cost_shown(each, currency) for each in sides))
    return table


def _decisions(tally: ShadowTally) -> Table:
    table = _table("what people decided", "enquiries", "carried out", "as in use", "as in the shadow")
    for each in tally.decisions:
        counts = (each.carried_out, each.in_use, each.shadow) if each.carried_out else ()
        table.add_row(each.verdict, f"{each.enquiries:,}", *([f"{count:,}" for count in counts] or ["–"] * 3))
    return table


def _difference(each: Difference) -> Iterator[Text]:
    done = f"; done: {', '.join(each.done)}" if each.done else ""
    yield Text.assemble((each.enquiry_id, "name"), (f" · {each.decided or 'not decided on'}{done}", "quiet"))
    for one in each.differs:
        yield Text(f"  {one.what} in use: {one.in_use}")
        yield Text(f"  {one.what} in the shadow: {one.shadow}")


def _remarks(report: ShadowReport) -> list[Text]:
    remarks = []
    if report.without:
        remarks.append(f"{plural(report.without, 'enquiry', 'enquiries')} ended without a shadow that did.")
    if any(each.spent.model_requests for each in report.tallies):
        remarks += on_the_currency(report)
    remarks += on_unreadable(report)
    return [Text(), *(Text(each, style="quiet") for each in remarks)] if remarks else []


def _table(*titles: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False, header_style="quiet")
    table.add_column(titles[0], no_wrap=True)
    for title in titles[1:]:
        table.add_column(title, justify="right", overflow="fold")
    return table
