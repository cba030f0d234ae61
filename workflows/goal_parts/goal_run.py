"""The run of a goal: its facts are the results of its plan's steps."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts import names
from baton.contracts.goal import GoalStart, GoalState, Omitted
from baton.contracts.outcome import Known
from baton.contracts.plan import Plan, PlanCard, PlanStep, Reference
from baton.contracts.plan_builtin import ASK_PERSON, WAIT
from baton.contracts.planning import ASSIGNING, Assigned
from baton.contracts.record import RunRecord
from baton.contracts.review import Review
from workflows.run_state import Run
from workflows.scheduling import Schedule

from .mermaid import FEW, StepState, mermaid, mermaid_by_wave
from .references import within

MOST_STATEMENTS = 10
"""Statements of the answer in the Temporal UI's details."""
LONGEST_STATEMENT = 500
"""Characters of one."""


class GoalRun(Run):
    """What a goal's run knows of the steps of its plan."""

    process = names.PROCESS_GOAL
    noun = "goal"
    start: GoalStart
    state: GoalState
    _ranked: dict[str, dict[str, str]] | None = None

    def __init__(self, start: GoalStart) -> None:
        super().__init__(start)
        self.replanning = False
        self._schedule: Schedule | None = None
        self._take_cards(self.state.cards)

    @property
    def plan(self) -> Plan:
        """The plan as it is now."""
        return self.state.plan or self.start.plan

    @property
    def schedule(self) -> Schedule:
        """Its order; another one as soon as the plan is another. Only of a plan that passed the check."""
        if self._schedule is None:
            self._schedule = Schedule(self.plan.steps)
        return self._schedule

    def take_plan(self, plan: Plan, cards: Sequence[PlanCard], past: Sequence[str] = ()) -> None:
        """From now on this is the plan."""
        there = {step.id for step in plan.steps}
        self.state.dropped += [step.id for step in self.plan.steps if step.id not in there]
        self.state.plan, self.state.past, self._schedule = plan, list(past), None
        self._ranked = None
        self.state.cards += [card for card in cards if card.name not in self.cards]
        self._take_cards(cards)

    def _take_cards(self, cards: Sequence[PlanCard]) -> None:
        """A card that it has stays as it is."""
        for card in cards:
            self.cards.setdefault(card.name, card)

    @property
    def carried_cards(self) -> list[PlanCard]:
        """The cards of the start, and those that came with later plans."""
        return [*self.start.cards, *self.state.cards]

    def card(self, step: PlanStep) -> PlanCard | None:
        """The card of who does it."""
        card = self.cards.get(step.capability)
        return card if isinstance(card, PlanCard) else None

    def writes(self, step: PlanStep) -> bool:
        """Whether it changes anything outside."""
        card = self.card(step)
        return card is not None and card.writes

    def has(self, step: PlanStep) -> bool:
        """Whether the plan has the step still, as it is here."""
        return self.schedule.steps.get(step.id) == step

    @property
    def notes(self) -> list[str]:
        """What people noted, a line each."""
        facts = [self.fact(note_key(number)) for number in range(1, self.state.notes + 1)]
        values = [fact.value for fact in facts if fact]
        return [f"{value['text']} ({value['author']})" for value in values if isinstance(value, dict)]

    @property
    def business_id(self) -> str:
        """The goal's id."""
        return self.start.goal_id

    @property
    def received_at(self) -> datetime:
        """When the goal was handed in."""
        return self.start.received_at

    def stood_still(self, since: datetime) -> None:
        """The budget of seconds is not used up by a pause."""
        if self.state.began_at is not None:
            self.state.began_at += workflow.now() - max(since, self.state.began_at)

    def is_settled(self, step_id: str) -> bool:
        """Whether that step is done, or will not be."""
        state = self.state
        return self.fact(step_id) is not None or step_id in state.items or step_id in state.left_out

    def leave_out(self, step: PlanStep, omitted: Omitted) -> None:
        """The step is not done; what depends on it sees null."""
        self.state.left_out[step.id] = omitted
        self.note_once("skipped", omitted.why, step=step.id, title=title_of(step))

    def is_missing(self, step: PlanStep) -> bool:
        """Whether the step, or an item of it, was not done although the goal needed it."""
        omitted = self.state.left_out.get(step.id)
        lost = self.items_lost(step) > 0 if omitted is None else not omitted.unwanted
        return lost and not step.optional and step.id not in self.state.past

    def items_lost(self, step: PlanStep) -> int:
        """How many items of a step with `for_each` could not be done."""
        items = range(1, self.state.items.get(step.id, 0) + 1)
        return sum(self.fact(item_key(step.id, number)) is None for number in items)

    def has_items(self, step: PlanStep) -> bool:
        """Whether some item of a step with `for_each` is done."""
        return any(name.startswith(f"{step.id}/") for name in self._facts)

    def result_of(self, step_id: str) -> JsonValue:
        """What that step gave: of one with `for_each` a list in the order of the items; null where it was left out."""
        if step_id in self.state.items:
            facts = [self.fact(item_key(step_id, number)) for number in range(1, self.state.items[step_id] + 1)]
            return [fact.value for fact in facts if fact is not None]
        fact = self.fact(step_id)
        return fact.value if fact else None

    def part(self, source: Reference) -> JsonValue:
        """What a reference points to; null where its step was left out."""
        return within(self.result_of(source.step), source.path)

    def known(self, step: PlanStep) -> Known | None:
        """What that step gave, for an answer; None when it gave nothing."""
        if step.id in self.state.items:
            first = self.fact(item_key(step.id, 1))
            card = self.card(step)
            type_, agent = f"list[{card.gives if card else 'json'}]", first.agent if first else ""
        elif fact := self.fact(step.id):
            type_, agent = fact.type, fact.agent
        else:
            return None
        return Known(step=step.id, intent=step.intent, type=type_, value=self.result_of(step.id), agent=agent)

    def ranked(self, step: PlanStep) -> dict[str, str]:
        """Who takes that step, first to last, and why, as it was decided when the plan was accepted."""
        if self._ranked is None:
            facts = [fact for fact in self.state.facts if fact.type in ASSIGNING]
            rankings = [each for fact in facts for each in Assigned.model_validate(fact.value).rankings]
            self._ranked = {each.step: {one.capability: one.why for one in each.order} for each in rankings}
        return self._ranked.get(step.id, {})

    # What the outside sees.

    def step_states(self) -> dict[str, StepState]:
        """How each step that began stands; one that was under way when the goal ended did not come about."""
        failed = {step_of(line.step) for line in self.state.record if line.kind in ("failed", "ambiguous")}
        asked = {step_of_review(review) for review in self.open_reviews}
        states: dict[str, StepState] = {}
        for step in self.plan.steps:
            omitted = self.state.left_out.get(step.id)
            if omitted is None and self.is_settled(step.id):
                states[step.id] = "failed" if self.items_lost(step) else "done"
            elif omitted or (self.state.is_closing and step.id in self.state.begun):
                states[step.id] = "failed" if step.id in failed else "skipped"
            elif step.id in self.state.begun:
                waits = step.id in asked or step.capability in (WAIT, ASK_PERSON)
                states[step.id] = "waiting" if waits else "running"
        return states

    def record(self) -> RunRecord:
        """All that happened, and the plan as it stands."""
        return super().record().model_copy(update={"mermaid": mermaid(self.plan, self.step_states())})

    def checklist(self) -> str:
        """Where it stands, below it the steps that did not begin, the plan as a flowchart, and at last the answer."""
        plan = self.plan
        begun = {*self.state.begun, *self.state.left_out}
        later = [f"○ {title_of(step)}  " for step in plan.steps if step.id not in begun]
        draw = mermaid if len(plan.steps) <= FEW else mermaid_by_wave
        drawn = ["", "```mermaid", draw(plan, self.step_states()), "```"]
        return "\n".join([f"*{plan.goal}*", "", super().checklist(), *later, *drawn, *self._answer_lines()])

    def _answer_lines(self) -> list[str]:
        answer = self.state.result.answer if self.state.result else None
        if answer is None:
            return []
        said = [f"- {_in_short(each.text)} ({each.step})" for each in answer.statements[:MOST_STATEMENTS]]
        more = len(answer.statements) - len(said)
        missing = [f"- missing: {_in_short(each)}" for each in answer.missing[:MOST_STATEMENTS]]
        return [
            "",
            "**The answer**",
            "",
            *said,
            *([f"- and {more} more: see the record"] if more > 0 else []),
            *missing,
        ]


def _in_short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_STATEMENT else f"{line[: LONGEST_STATEMENT - 1]}…"


def title_of(step: PlanStep) -> str:
    """The step in words."""
    return step.intent or step.id.replace("_", " ")


def step_of(key: str) -> str:
    """The step that a key is of, or an item of."""
    return key.partition("/")[0]


def step_of_review(review: Review) -> str:
    """The step that a review is about: of `failure/look_up/3` it is `look_up`."""
    return step_of(review.review_id.partition("/")[2])


def item_key(step_id: str, number: int) -> str:
    """The key of one item of a step with `for_each`: an id never has a slash."""
    return f"{step_id}/{number}"


def note_key(number: int) -> str:
    """The key of a note: no step's, whose items have a number behind the first slash."""
    return f"plan/note/{number}"


def change_key(number: int) -> str:
    """The key of what is wanted instead."""
    return f"plan/goal/{number}"
