"""A person sees what a step would be handed, and approves it, writes it otherwise, or has the step left out.

What the shop's policy forbids of it, and that another step does the same, is shown with it: the plan is a person's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from baton.contracts.goal import inputs_schema
from baton.contracts.plan import EACH, PlanCard, PlanStep, Reference
from baton.contracts.review import Decision, Review, ReviewChoice, Risk
from baton.contracts.sizes import MOST_SUBJECT, size_of
from baton.contracts.wire import JsonObject
from workflows.policy_word import PolicyWord, Word
from workflows.review_desk import ReviewDesk
from workflows.step import StepSkipped
from workflows.step_runner import StepRunner

from .calls import Call, NotDone
from .goal_run import GoalRun, title_of
from .repeats import Repeats

MOST_FORBIDDEN = 20
"""Lines of what the policy forbids of one step, in its review and in the record."""


@dataclass(frozen=True)
class _Against:
    """What speaks against a step: what others do too, and what the policy forbids, a line each."""

    repeats: list[str]
    forbidden: list[str]

    @property
    def forbidden_in_short(self) -> list[str]:
        return [f"forbidden: {each}" for each in in_short(self.forbidden)]


class Approval:
    """Has steps approved. What was approved is a fact, and what the step is handed."""

    def __init__(self, run: GoalRun, steps: StepRunner, desk: ReviewDesk, repeats: Repeats) -> None:
        self._run = run
        self._desk = desk
        self._repeats = repeats
        self._policy = PolicyWord(run, steps)

    async def of(self, step: PlanStep, card: PlanCard, calls: list[Call]) -> list[Call]:
        """The calls as a person wants them; as they are where nobody has to be asked.

        Raises NotDone when the person wants none, StepSkipped when nobody is asked any more.
        """
        approved = self._run.fact(f"approved/{step.id}")
        return await self._ask(step, card, calls) if approved is None else _with(calls, approved.value, step)

    async def _ask(self, step: PlanStep, card: PlanCard, calls: list[Call]) -> list[Call]:
        """What a person writes instead is shown to them once more, where it does what another step does too; and
        whatever the policy forbids by then, unless they approve just that.
        """
        repeats, word = self._claimed(step, card, calls), await self._word(step, card, calls, 1)
        if not (step.review or repeats or word.forbidden):
            return _judged(calls, word)
        revision = 0
        while True:
            revision += 1
            self._note_forbidden(step, word.forbidden)
            review = self._open(step, card, calls, _Against(repeats, word.forbidden), revision)
            decision = await self._desk.decision(review)
            if decision is None:
                raise StepSkipped(step.id)
            wanted, shown = _wanted(review, decision), {*repeats}
            if decision.choice == "approve":
                shown |= {*word.forbidden}
            self._repeats.release(step, calls)
            calls = _with(calls, wanted, step)
            repeats, word = self._claimed(step, card, calls), await self._word(step, card, calls, revision + 1)
            if shown.issuperset([*repeats, *word.forbidden]):
                return self._approved(step, _judged(calls, word), word.forbidden, decision.actor.id)

    def _approved(self, step: PlanStep, calls: list[Call], forbidden: list[str], by: str) -> list[Call]:
        if forbidden:
            said = f"the policy forbids it, and {by} has it done all the same: {'; '.join(in_short(forbidden))}"
            self._run.note("warned", said, step=step.id, title=title_of(step), agent=by)
        inputs: list[JsonValue] = [call.inputs for call in calls]
        self._run.know(f"approved/{step.id}", inputs if step.for_each else inputs[0], type_="Inputs", agent=by)
        return calls

    async def _word(self, step: PlanStep, card: PlanCard, calls: list[Call], revision: int) -> Word:
        """What the policy says of these calls. Where nobody could say, the step is left out."""
        try:
            return await self._policy.on(step.id, revision, card, [call.inputs for call in calls])
        except StepSkipped:
            raise NotDone("the shop's policy could not be asked") from None

    def _note_forbidden(self, step: PlanStep, forbidden: list[str]) -> None:
        if forbidden:
            said = f"the policy forbids it: {'; '.join(in_short(forbidden))}"
            self._run.note_once("warned", said, step=step.id, title=title_of(step))

    def _claimed(self, step: PlanStep, card: PlanCard, calls: list[Call]) -> list[str]:
        return self._repeats.claim(step, calls) if card.writes else []

    def _open(self, step: PlanStep, card: PlanCard, calls: list[Call], against: _Against, revision: int) -> Review:
        subject: JsonValue = [call.inputs for call in calls] if step.for_each else calls[0].inputs
        schema = inputs_schema(card)
        if step.for_each:
            schema = {"type": "array", "items": schema, "minItems": len(calls), "maxItems": len(calls)}
        return self._desk.open(
            f"approve/{step.id}",
            "approval",
            title=f"Approve: {title_of(step)}{f', {len(calls)} times' if len(calls) > 1 else ''}",
            summary=f"{card.agent} would do this: {card.description}",
            subject=subject,
            subject_schema=schema,
            choices=_choices(schema, may_edit=size_of(subject) <= MOST_SUBJECT, forbidden=bool(against.forbidden)),
            revision=revision,
            notes=[*against.repeats, *self._origins(step), *against.forbidden_in_short],
            risk=_risk(card, against),
            risk_reasons=[
                *against.repeats,
                *against.forbidden_in_short,
                *([f"it cannot be taken back: {card.no_undo}"] if card.no_undo else []),
            ],
        )

    def _origins(self, step: PlanStep) -> list[str]:
        """Which inputs are words of another step's result: whoever approves them should know whose they are."""
        sources = {name: value for name, value in step.inputs.items() if isinstance(value, Reference)}
        if step.for_each:
            sources = {name: step.for_each if value.step == EACH else value for name, value in sources.items()}
        found = {
            name: self._run.known(other)
            for name, value in sources.items()
            for other in self._run.plan.steps
            if other.id == value.step
        }
        return [f"{name}: from step '{each.step}', {each.agent}" for name, each in found.items() if each]


def _wanted(review: Review, decision: Decision) -> JsonValue:
    if decision.choice == "reject":
        said = f": {decision.comment}" if decision.comment else ""
        raise NotDone(f"rejected by {decision.actor.id}{said}")
    return decision.value if decision.choice == "edit" else review.subject


def _with(calls: Sequence[Call], approved: JsonValue, step: PlanStep) -> list[Call]:
    each = approved if step.for_each else [approved]
    assert isinstance(each, list)  # the review's schema says so
    return [call.with_inputs(inputs) for call, inputs in zip(calls, each, strict=True) if isinstance(inputs, dict)]


def _judged(calls: Sequence[Call], word: Word) -> list[Call]:
    return [call.with_inputs(word.bound_to(call.inputs)) for call in calls]


def in_short(forbidden: Sequence[str]) -> list[str]:
    """The first lines of what is forbidden, and how many more there are."""
    more = len(forbidden) - MOST_FORBIDDEN
    return [*forbidden[:MOST_FORBIDDEN], *([f"and {more} more"] if more > 0 else [])]


def _choices(schema: JsonObject, *, may_edit: bool, forbidden: bool) -> list[ReviewChoice]:
    edit = ReviewChoice(id="edit", label="Do it with these inputs", needs="value", schema=schema)
    return [
        ReviewChoice(id="approve", label="Do this all the same" if forbidden else "Do this"),
        *([edit] if may_edit else []),
        ReviewChoice(id="reject", label="Leave this step out"),
    ]


def _risk(card: PlanCard, against: _Against) -> Risk:
    if against.repeats or against.forbidden or card.effect == "irreversible":
        return "high"
    return "medium" if card.writes else "low"
