"""What is wrong with a plan, a fault after the other."""

from collections.abc import Iterator

from rich.text import Text

from baton.contracts.plan import PlanFault


def fault_lines(faults: list[PlanFault]) -> Iterator[Text]:
    """Where and what; beneath it what to do about it."""
    for each in faults:
        yield Text.assemble(
            ("✗ ", "bad"), (each.place or "plan", "name"), f": {each.message}", (f"  {each.kind}", "quiet")
        )
        if each.hint:
            yield Text(f"  → {each.hint}", style="warn")
