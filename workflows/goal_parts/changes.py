"""What people tell a goal under way: notes, and that something else is wanted."""

from collections.abc import Callable, Sequence

from baton.contracts import names
from baton.contracts.planning import Reading, Wanted
from baton.contracts.replanning import Replanned
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.steering import MOST_TOLD, GoalChange, Note
from workflows.review_desk import ReviewDesk

from .goal_run import GoalRun, change_key, note_key
from .replanning import Replanning

_BY_ANOTHER = "something else is wanted"
_WORDS = {"type": "string", "minLength": 1, "maxLength": 2_000}


class Changes:
    """Takes what people tell; a change of the goal is seen to by whoever carries the plan out."""

    def __init__(self, run: GoalRun, desk: ReviewDesk, replanning: Replanning) -> None:
        self._run = run
        self._state = run.state
        self._desk = desk
        self._replanning = replanning
        self._closed = ""

    # Signals: each takes what passed the parser, and either acts or records why not.

    def note(self, told: Note) -> None:
        """Keep a note: it changes no plan, and stands in the answer."""
        why = self._why_not(told.note_id, "note_id", note_key, self._state.notes)
        if why:
            self._run.refuse(names.ADD_NOTE, why, signal_id=told.note_id)
            return
        self._state.notes += 1
        key = note_key(self._state.notes)
        self._run.know(key, told.model_dump(mode="json"), type_="Note", agent=told.author)
        self._run.note("noted", told.text, step=key, title="Note", agent=told.author)
        self._run.show()

    def change(self, told: GoalChange) -> bool:
        """Something else is wanted; whether that is taken."""
        why = self._closed or self._why_not(told.change_id, "change_id", change_key, self._state.changes)
        if why:
            self._run.refuse(names.CHANGE_GOAL, why, signal_id=told.change_id)
            return False
        self._state.changes += 1
        key = change_key(self._state.changes)
        self._run.know(key, told.model_dump(mode="json"), type_="GoalChange", agent=told.actor.id)
        self._run.note("noted", _cause(told), step=key, title="Change of the goal", agent=told.actor.id)
        self._desk.supersede(_BY_ANOTHER, kind="plan")
        self._desk.supersede(_BY_ANOTHER, kind="clarification")
        self._run.show()
        return True

    def close(self, why: str) -> None:
        """From now on no change is taken."""
        self._closed = why

    def _why_not(self, id_: str, name: str, key: Callable[[int], str], count: int) -> str:
        if self._state.is_closing:
            return "it is ending"
        if count >= MOST_TOLD:
            return f"{MOST_TOLD} were taken before, and no more are"
        told = (self._run.value(key(number)) for number in range(1, count + 1))
        if id_ and any(isinstance(each, dict) and each.get(name) == id_ for each in told):
            return "it was taken already"
        return ""

    # What becomes of a change.

    @property
    def waiting(self) -> bool:
        """Whether somebody wants something else, and it is not settled yet what becomes of that."""
        return self._state.changes_done < self._state.changes

    async def take_next(self) -> None:
        """Plan the first one that waits; where that is unsure, or cannot be had, a person says how to go on.

        Nobody is asked about one that another followed meanwhile: the last one counts.
        """
        number = self._state.changes_done + 1
        told = GoalChange.model_validate(self._run.value(change_key(number)))
        goal, reading, cause, turn = told.goal, list[Wanted](), _cause(told), 0
        while True:
            turn += 1
            key = f"plan/change/{number}/{turn}"
            made = await self._replanning.to_other_words(key, goal, reading, cause)
            if made.plan is not None:
                break
            if number < self._state.changes:
                self._run.note_once("superseded", _BY_ANOTHER, step=f"change/{number}", title="Change of the goal")
                break
            decision = await self._desk.decision(self._ask(number, turn, goal, made))
            if decision is None or decision.choice == "keep":
                break
            goal, reading = _followed(decision, goal, made.choices)
            cause = f"{cause}; {decision.actor.id} chose: {_chosen(decision, made.choices)}"
        self._state.changes_done = number

    def _ask(self, number: int, turn: int, goal: str, made: Replanned) -> Review:
        unsure = made.outcome == "unsure"
        return self._desk.open(
            f"change/{number}",
            "clarification",
            title="What is meant by the change of the goal?" if unsure else "This change of the goal cannot be had",
            summary=made.question if unsure else f"The plan goes on as it was. {'; '.join(made.reasons)}.",
            subject={"goal": goal, "readings": [each.label for each in made.choices], "reasons": list(made.reasons)},
            subject_schema={"type": "object"},
            choices=[
                *(ReviewChoice(id=str(place), label=each.label) for place, each in enumerate(made.choices, start=1)),
                ReviewChoice(id="words", label="Say it in other words", needs="value", schema=_WORDS),
                ReviewChoice(id="keep", label="Go on with the plan as it is"),
            ],
            revision=turn,
            risk="medium",
            risk_reasons=["until this is answered the plan goes on as it was"],
        )


def _cause(told: GoalChange) -> str:
    why = f" ({told.reason})" if told.reason else ""
    return f"{told.actor.id} wants instead: {told.goal}{why}"


def _followed(decision: Decision, goal: str, choices: Sequence[Reading]) -> tuple[str, list[Wanted]]:
    if decision.choice == "words":
        return str(decision.value), []
    return goal, choices[int(decision.choice) - 1].wanted


def _chosen(decision: Decision, choices: Sequence[Reading]) -> str:
    return str(decision.value) if decision.choice == "words" else choices[int(decision.choice) - 1].label
