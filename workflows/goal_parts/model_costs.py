"""What requests to models have cost a goal, in the currency of its budget."""

from decimal import Decimal

from .goal_run import GoalRun

UNKNOWN = "budget/price_unknown"


class ModelCosts:
    """Sums up the record, which has every request, those of failed attempts too: it goes along into a new history."""

    def __init__(self, run: GoalRun) -> None:
        self._run = run
        self._read = 0
        self._sum = Decimal(0)
        self.unknown = 0

    def so_far(self) -> Decimal:
        """What is known of it; the first request whose price is not known is told in the record, where it matters."""
        rate, record = self._run.start.options.per_dollar, self._run.state.record
        for entry in record[self._read :]:
            for call in entry.calls:
                if call.price is None or rate is None:
                    self.unknown += 1
                else:
                    self._sum += call.price * rate
        self._read = len(record)
        if self.unknown and self._run.plan.budget.cost is not None:
            why = "no rate is set (CURRENCY_PER_DOLLAR)" if rate is None else "nobody knows their price"
            self._run.note_once(
                "warned",
                f"requests to models count as calls, and not in the budget's cost: {why}",
                step=UNKNOWN,
                title="Budget",
            )
        return self._sum
