"""The shop's policy is asked about a write before a person is, where the write's card names who knows it."""

from collections.abc import Sequence

from baton.contracts.agents import Capability, Card
from baton.contracts.tools.policy import OrderChangeJudged
from baton.contracts.wire import JsonObject

from .run_state import Run
from .step import Terms
from .step_runner import StepRunner


class PolicyWord:
    """Asks the policy, once for each revision of what a person is to approve."""

    def __init__(self, run: Run, steps: StepRunner) -> None:
        self._run = run
        self._steps = steps

    async def breaches(
        self, key: str, revision: int, card: Card, handed: Sequence[JsonObject], bound: JsonObject | None = None
    ) -> list[str]:
        """What the policy forbids of this write, handed this each time; a line each.

        Nothing where nobody has to be asked, as in a run that began before the policy was. Raises StepSkipped where it
        could not be asked and a person goes on without: then nobody said that it is allowed.
        """
        if card.policy is None or card.policy not in self._run.cards:
            return []
        judged = await self._steps.run(
            Capability(card.policy, OrderChangeJudged),
            key=f"{key}/policy/{revision}",
            given={"tool": card.name, "handed": list(handed), "bound": bound or {}},
            summary=f"Ask the policy: {card.description.rstrip('.')}",
            terms=Terms(may_skip=True),
        )
        return judged.breaches
