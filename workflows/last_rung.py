"""The last rung of the ladder: a person is told what failed and why, and says what happens next."""

from pydantic import ValidationError

from baton.contracts.agents import Card, able
from baton.contracts.review import Decision, Review, ReviewChoice

from .review_desk import ReviewDesk
from .run_state import Run
from .schema_check import misfit
from .step import RunAborted, Step, StepSkipped


class LastRung:
    """Asks about steps that failed for good. A redo raises the round, so that its idempotency key is new."""

    def __init__(self, run: Run, desk: ReviewDesk, cards: dict[str, Card]) -> None:
        self._run = run
        self._desk = desk
        self._cards = cards

    def asked(self, step: Step) -> Review | None:
        """The failure review that this step waits for already, in a run that was entered again from the top."""
        return self._desk.find(step.review_id, self._revision(step))

    async def ask(self, step: Step, why: str) -> None:
        """Ask, wait, and follow the answer. Raises StepSkipped and RunAborted; a supplied result becomes the fact."""
        done = [f"{line.step}: {line.text}" for line in self._run.state.record if line.kind == "done" and line.key]
        review = self._desk.open(
            step.review_id,
            "failure",
            title=f"{step.summary} could not be done",
            summary=why,
            subject={"step": step.key, "capability": step.capability.name, "causes": list(step.causes)},
            subject_schema={"type": "object"},
            choices=self._choices(step),
            revision=self._revision(step),
            notes=done,
            risk="high",
            risk_reasons=["a step failed for good"],
        )
        decision = await self._desk.decision(review)
        assert decision is not None  # a failure review is never superseded
        self._follow(step, decision)

    def _choices(self, step: Step) -> list[ReviewChoice]:
        choices = [ReviewChoice(id="retry", label="Try the step again")]
        if step.card:
            choices.append(_supplying(step.card))
            others = [name for name in able(step.card.name, self._cards) if name != step.card.name]
            if others:
                choices.append(_rerouting(others))
            if step.card.optional:
                choices.append(ReviewChoice(id="skip", label="Go on without this step"))
        return [*choices, ReviewChoice(id="abort", label="End this enquiry here")]

    def _follow(self, step: Step, decision: Decision) -> None:
        match decision.choice:
            case "supply":
                self._supply(step, decision)
            case "skip":
                self._run.state.skipped.append(step.key)
                self._run.note("skipped", f"skipped by {decision.actor.id}", step=step.key, title=step.summary)
                raise StepSkipped(step.key)
            case "abort":
                cause = f": {step.causes[-1]}" if step.causes else ""
                raise RunAborted(f"{decision.actor.id} ended it at {step.key}{cause}")
            case "reroute":
                self._next_round(step)
                # A person's choice of an agent is theirs alone: when it fails too, they are asked again.
                step.rerouted_to = str(decision.value)
                step.tried = [name for name in step.line if name != step.rerouted_to]
            case _:
                self._next_round(step)
                step.rerouted_to = None
                step.tried = []

    def _supply(self, step: Step, decision: Decision) -> None:
        assert step.card is not None
        wrong = misfit(decision.value, step.card.gives_schema)
        try:
            step.capability.gives.model_validate(decision.value)
        except ValidationError as error:
            wrong = wrong or str(error)[:300]
        if wrong:
            self._next_round(step)
            step.give_up_on_all()
            step.causes.append(f"the supplied value does not fit: {wrong}")
            return
        self._run.know(step.key, decision.value, type_=step.card.gives, agent=decision.actor.id, step=step.key)
        by = decision.actor.id
        self._run.note("supplied", f"supplied by {by}", step=step.key, title=step.summary, agent=by)

    def _next_round(self, step: Step) -> None:
        self._run.state.rounds[step.key] = self._run.state.rounds.get(step.key, 0) + 1

    def _revision(self, step: Step) -> int:
        return self._run.state.rounds.get(step.key, 0) + 1


def _supplying(card: Card) -> ReviewChoice:
    label = f"Give the result yourself ({card.gives})"
    return ReviewChoice(id="supply", label=label, needs="value", schema=card.gives_schema)


def _rerouting(names: list[str]) -> ReviewChoice:
    schema = {"type": "string", "enum": list(names)}
    return ReviewChoice(id="reroute", label="Let another agent do it", needs="value", schema=schema)
