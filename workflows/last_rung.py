"""The last rung of the ladder: a person is told what failed and why, and says what happens next."""

from typing import NoReturn

from pydantic import ValidationError
from temporalio import workflow

from baton.contracts.agents import Card, able
from baton.contracts.review import Decision, ReviewChoice
from baton.contracts.wire import JsonObject

from .effect_keys import EffectKeys
from .handed import named
from .review_desk import ReviewDesk
from .run_state import Run
from .schema_check import first_faults, misfit
from .step import RunAborted, Step, StepSkipped, TakeBack


class LastRung:
    """Asks about steps that failed for good, and follows the answer."""

    def __init__(self, run: Run, desk: ReviewDesk, cards: dict[str, Card], keys: EffectKeys) -> None:
        self._run = run
        self._desk = desk
        self._cards = cards
        self._keys = keys

    def asked(self, step: Step) -> bool:
        """Whether all have failed at this step before, in a run that was entered again from the top."""
        return self._is_open(step) or step.key in self._run.state.failing

    async def ask(self, step: Step, why: str) -> None:
        """Ask, wait, and follow the answer; a result that the person gives or vouches for becomes the fact.

        Raises StepSkipped, TakeBack and RunAborted; StepSkipped also when the run is being ended and asks nobody.
        """
        if self._run.state.cancelled:
            raise StepSkipped(step.key)
        unknown = self._keys.outcome_unknown(step)
        step.for_a_person = step.for_a_person or self._is_open(step)
        if step.terms.optional and not unknown and not _asks_about_settings(step):
            self._skip(step, f"nobody could do it: {step.causes[-1] if step.causes else why}")
        no_other_way = "" if unknown else await self._why_no_other_way(step, why)
        review = self._desk.open(
            step.review_id,
            "failure",
            title=_title(step, unknown=unknown),
            summary=_ADVICE if unknown else "; ".join(filter(None, (why, no_other_way))),
            subject=self._subject(step),
            subject_schema={"type": "object"},
            choices=self._choices(step, unknown=unknown),
            revision=self._revision(step),
            notes=[*self._known(step, unknown=unknown), *self._done_so_far(step)],
            risk="high",
            risk_reasons=["it may have been done: a second time would be one too many"]
            if unknown
            else ["a step failed for good"],
        )
        decision = await self._desk.decision(review)
        if decision is None:
            raise StepSkipped(step.key)
        self._run.state.rounds[step.key] = self._revision(step)
        self._follow(step, decision)

    async def _why_no_other_way(self, step: Step, why: str) -> str:
        """Why the process knows no way around the step; empty where it was not asked. Skips the step when it does.

        What failed is kept meanwhile: a run that moved on to a new history would try all of it again.
        """
        look = step.terms.why_no_other_way
        if look is None or step.for_a_person or self._is_open(step) or self._revision(step) > 1:
            return ""
        step.causes = self._run.state.failing.setdefault(step.key, step.causes)
        step.give_up_on_all()
        cause = step.causes[-1] if step.causes else why
        none = await look(step.tried, cause)
        del self._run.state.failing[step.key]
        if not none:
            self._skip(step, f"the plan does without it: {cause}")
        return f"no other way: {none}"

    def _subject(self, step: Step) -> JsonObject:
        subject: JsonObject = {"step": step.key, "capability": step.capability.name, "causes": list(step.causes)}
        # Not where a person decided already on what was shown before: their answer is bound to it.
        if step.terms.handed and not self._is_open(step) and workflow.patched("failure-tells-what-was-handed"):
            subject["handed"] = step.terms.handed
        return subject

    def _is_open(self, step: Step) -> bool:
        return self._desk.find(step.review_id, self._revision(step)) is not None

    def _known(self, step: Step, *, unknown: bool) -> list[str]:
        """What a person can look for in the system, when nobody can tell."""
        if not unknown:
            return []
        agent = step.card.agent if step.card else "the system"
        return [f"look in {agent} for the reference {self._keys.current(step)}"]

    def _done_so_far(self, step: Step) -> list[str]:
        done = [f"{line.step}: {line.text}" for line in self._run.state.record if line.kind == "done" and line.key]
        return done + [f"cannot be taken back: {each}" for each in (step.effect.kept if step.effect else ())]

    def _choices(self, step: Step, *, unknown: bool) -> list[ReviewChoice]:
        choices = _WHEN_UNKNOWN if unknown else [ReviewChoice(id="retry", label="Try the step again")]
        if unknown and not (step.effect and step.effect.if_done is not None):
            choices = [choice for choice in choices if choice.id != "done"]
        return [
            *choices,
            *(self._by_others(step, unknown=unknown) if step.card else []),
            *_taking_back(step),
            ReviewChoice(id="abort", label=f"End this {self._run.noun} here"),
        ]

    def _by_others(self, step: Step, *, unknown: bool) -> list[ReviewChoice]:
        """A result from a person, another agent, or none at all."""
        assert step.card is not None
        choices = [_supplying(step.card)]
        others = [
            name
            for name in dict.fromkeys([*step.line, *able(step.card.name, self._cards)])
            if name in self._cards and name != step.card.name and (not unknown or self._cards[name].settles_unknown)
        ]
        if others:
            choices.append(_rerouting(others))
        if step.card.optional or step.terms.may_skip:
            before = step.effect is not None and bool(step.effect.undoable or step.effect.kept)
            choices.append(_KEEP if before else _SKIP)
        return choices

    def _follow(self, step: Step, decision: Decision) -> None:
        by = decision.actor.id
        match decision.choice:
            case "supply":
                self._supply(step, decision)
            case "done":
                assert step.effect is not None and step.effect.if_done is not None
                self._keys.settle(step)
                self._run.know(step.key, step.effect.if_done, type_=step.capability.gives.__name__, agent=by)
                self._run.note("supplied", f"{by} says that it was done", step=step.key, title=step.summary, agent=by)
            case "skip" | "keep":
                self._skip(step, f"skipped by {by}")
            case "undo":
                self._run.state.to_undo.append(step.key)
                raise TakeBack(step.key)
            case "abort":
                cause = f": {step.causes[-1]}" if step.causes else ""
                raise RunAborted(f"{by} ended it at {step.key}{cause}")
            case "reroute":
                # A person's choice of an agent is theirs alone: when it fails too, they are asked again.
                step.rerouted_to = str(decision.value)
                step.tried = [name for name in step.line if name != step.rerouted_to]
                self._again(step)
            case _:
                step.rerouted_to = None
                step.tried = []
                step.for_a_person = False
                self._again(step, known_not_done=decision.choice == "not_done")

    def _skip(self, step: Step, why: str) -> NoReturn:
        self._run.state.skipped.append(step.key)
        self._run.note("skipped", why, step=step.key, title=step.summary)
        raise StepSkipped(step.key)

    def _again(self, step: Step, *, known_not_done: bool = False) -> None:
        """A new round has a new key; while the old one is in doubt it stays, so that it can still be recognised."""
        step.why_held_back = ""
        if known_not_done:
            self._keys.settle(step)
        if not self._keys.outcome_unknown(step):
            self._keys.redo(step)

    def _supply(self, step: Step, decision: Decision) -> None:
        assert step.card is not None
        wrong = misfit(decision.value, step.card.gives_schema)
        try:
            step.capability.gives.model_validate(decision.value)
        except ValidationError as error:
            wrong = wrong or first_faults(error)
        wrong = wrong or step.terms.check(decision.value) or step.terms.check_supplied(decision.value)
        if wrong:
            step.give_up_on_all()
            step.causes.append(f"the supplied value does not fit: {wrong}")
            return
        by = decision.actor.id
        self._keys.settle(step)
        self._run.know(step.key, decision.value, type_=step.card.gives, agent=by, step=step.key)
        self._run.note("supplied", f"supplied by {by}", step=step.key, title=step.summary, agent=by)

    def _revision(self, step: Step) -> int:
        return self._run.state.rounds.get(step.key, 0) + 1


_ADVICE = "The request went out, and its answer was lost. Look in the system itself, then say what you found."
_WHEN_UNKNOWN = [
    ReviewChoice(id="done", label="It was done: go on"),
    ReviewChoice(id="not_done", label="It was not done: do it now"),
    ReviewChoice(id="retry", label="Ask the system again, and do it only if it was not done"),
]
_SKIP = ReviewChoice(id="skip", label="Go on without this step")
_KEEP = ReviewChoice(id="keep", label="Keep what is done and go on without this step")


def _asks_about_settings(step: Step) -> bool:
    """Whether a person is asked although the step is optional. Not in a run that went on here without."""
    return step.terms.asks_about_settings and step.for_a_person and workflow.patched("settings-are-asked-about")


def _title(step: Step, *, unknown: bool) -> str:
    what = named(step.summary, step.terms.told_by)
    return f"Was it done? Nobody can tell: {what.rstrip(',')}" if unknown else f"{what} could not be done"


def _taking_back(step: Step) -> list[ReviewChoice]:
    undoable = step.effect.undoable if step.effect else ()
    if not undoable:
        return []
    return [ReviewChoice(id="undo", label=f"Take back what was done, the last first: {'; '.join(undoable)}")]


def _supplying(card: Card) -> ReviewChoice:
    label = f"Give the result yourself ({card.gives})"
    return ReviewChoice(id="supply", label=label, needs="value", schema=card.gives_schema)


def _rerouting(names: list[str]) -> ReviewChoice:
    schema = {"type": "string", "enum": list(names)}
    return ReviewChoice(id="reroute", label="Let another agent do it", needs="value", schema=schema)
