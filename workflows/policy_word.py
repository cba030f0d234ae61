"""The shop's policy is asked about a write before a person is, where a card of it names who knows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from temporalio import workflow

from baton.contracts.agents import Capability, Card
from baton.contracts.tools.policy import OrderChangeJudged
from baton.contracts.wire import JsonObject

from .handed import handed_in_short
from .run_state import Run
from .step import Terms
from .step_runner import StepRunner


@dataclass(frozen=True)
class Word:
    """What the policy forbids of a write, a line each, and in which version each order was judged, by its number."""

    forbidden: list[str]
    versions: Mapping[str, str]

    def bound_to(self, inputs: JsonObject) -> JsonObject:
        """The inputs for the order as it was judged: the tool does nothing where that changed since."""
        version = self.versions.get(str(inputs.get("order_id")))
        return inputs if version is None or inputs.get("order_version") else {**inputs, "order_version": version}


class PolicyWord:
    """Asks the policy, once for each revision of what a person is to approve, and before what they approved is done."""

    def __init__(self, run: Run, steps: StepRunner) -> None:
        self._run = run
        self._steps = steps

    async def on(
        self, key: str, revision: int, card: Card, handed: Sequence[JsonObject], bound: JsonObject | None = None
    ) -> Word:
        """Its word on this write, handed this each time, whoever in the card's line comes to make it.

        Nothing is forbidden where nobody has to be asked, as in a run that began before the policy was. Raises
        StepSkipped where it could not be asked and a person goes on without: then nobody said that it is allowed.
        """
        forbidden: dict[str, None] = {}
        versions: dict[str, str] = {}
        for name in card.line:
            writer = self._run.cards.get(name)
            # Not in a run whose cards name it, and which went on here with a worker that did not know of it.
            if writer is None or writer.policy not in self._run.cards or not workflow.patched("policy-is-asked"):
                continue
            asked = f"{key}/policy/{revision}"
            judged = await self._ask(asked if name == card.name else f"{asked}/{name}", writer, handed, bound or {})
            forbidden |= dict.fromkeys(judged.breaches)
            if writer.takes == card.takes:
                versions |= judged.order_versions
        return Word(list(forbidden), versions)

    async def _ask(self, key: str, writer: Card, handed: Sequence[JsonObject], bound: JsonObject) -> OrderChangeJudged:
        first = handed[0] if handed else {}
        return await self._steps.run(
            Capability(str(writer.policy), OrderChangeJudged),
            key=key,
            given={"tool": writer.name, "handed": list(handed), "bound": bound},
            summary=f"Ask the policy: {writer.description.rstrip('.')}",
            terms=Terms(
                may_skip=True,
                handed=handed_in_short({"tool": writer.name, **bound, **first}),
                told_by=handed_in_short(first) if len(handed) == 1 else {},
            ),
        )
