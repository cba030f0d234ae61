"""An answer that names what stands nowhere, also after it went back to its model: a person looks at it."""

from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from baton.contracts.review import Review, ReviewChoice
from baton.contracts.sizes import MOST_SUBJECT, size_of
from workflows.review_desk import ReviewDesk
from workflows.schema_check import closed_schema, first_faults
from workflows.step import StepSkipped

from .answer_faults import misfit_of
from .background import CAREFUL, UNFOUNDED, Background


@dataclass(frozen=True)
class UnfoundedAnswer:
    """An answer, what it is to be, and what in it stands nowhere."""

    gives: type[BaseModel]
    answer: JsonValue
    unfounded: list[str]


class UnfoundedAnswers:
    """Has such answers looked at. What a person lets stand or writes is not looked through again."""

    def __init__(self, desk: ReviewDesk) -> None:
        self._desk = desk

    async def looked_at(self, key: str, said: UnfoundedAnswer, background: Background) -> JsonValue:
        """The answer as a person lets it stand. Raises StepSkipped where they go on without one, or nobody is asked."""
        revision, notes = 1, background.notes(said.unfounded)
        while True:
            decision = await self._desk.decision(self._open(key, said, background, notes, revision))
            if decision is None or decision.choice == "reject":
                raise StepSkipped(background.key)
            if decision.choice != "edit":
                return said.answer
            wrong = misfit_of(said.gives, decision.value)
            if wrong is None:
                return decision.value
            revision += 1
            notes = [f"it cannot be so: {first_faults(wrong)}", *background.notes(said.unfounded)]

    def _open(self, key: str, said: UnfoundedAnswer, background: Background, notes: list[str], revision: int) -> Review:
        schema = closed_schema(said.gives)
        edit = ReviewChoice(id="edit", label="Say it so", needs="value", schema=schema)
        return self._desk.open(
            f"answer/{key}",
            "approval",
            title=f"The agent's answer names what stands nowhere: {background.key}",
            summary=f"{background.by} answers so, also after it was told what of it stands in nothing that it read.",
            subject=said.answer,
            subject_schema=schema,
            choices=[
                ReviewChoice(id="approve", label="Let it stand"),
                *([edit] if size_of(said.answer) <= MOST_SUBJECT else []),
                ReviewChoice(id="reject", label="Go on without an answer"),
            ],
            revision=revision,
            evidence=background.evidence(background.bound),
            notes=notes,
            risk="high",
            risk_reasons=[*([CAREFUL] if background.warnings else []), UNFOUNDED],
        )
