"""A person sees what would be done, and approves it, writes it otherwise, or wants none of it."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from baton.contracts.review import Decision, Review, ReviewChoice, Risk
from baton.contracts.sizes import MOST_SUBJECT, size_of
from workflows.review_desk import ReviewDesk
from workflows.schema_check import closed_schema
from workflows.step import StepSkipped

from .process_run import ProcessRun

Subject = TypeVar("Subject", bound=BaseModel)


class NotApproved(Exception):
    """A person wants nothing of what was proposed."""


class Approvals:
    """Has things approved. What was approved is a fact."""

    def __init__(self, run: ProcessRun, desk: ReviewDesk) -> None:
        self._run = run
        self._desk = desk

    async def of(
        self, key: str, subject: Subject, *, title: str, summary: str, notes: Sequence[str], risk: Risk
    ) -> Subject:
        """The subject as a person wants it. Raises NotApproved; StepSkipped when nobody is asked any more."""
        fact, model = f"approved/{key}", type(subject)
        shown: JsonValue = subject.model_dump(mode="json")
        revision, said = 1, list(notes)
        while self._run.fact(fact) is None:
            review = self._open(key, shown, model, revision, title=title, summary=summary, notes=said, risk=risk)
            decision = await self._desk.decision(review)
            if decision is None:
                raise StepSkipped(key)
            wanted = _wanted(review, decision)
            try:
                model.model_validate(wanted)
            except ValidationError as wrong:
                first = wrong.errors(include_url=False)[0]
                place = "/".join(map(str, first["loc"])) or "the whole"
                shown, revision, said = wanted, revision + 1, [*notes, f"it cannot be so: {place}: {first['msg']}"]
            else:
                self._run.know(fact, wanted, type_=model.__name__, agent=decision.actor.id)
        return model.model_validate(self._run.value(fact))

    def _open(
        self,
        key: str,
        shown: JsonValue,
        model: type[BaseModel],
        revision: int,
        *,
        title: str,
        summary: str,
        notes: Sequence[str],
        risk: Risk,
    ) -> Review:
        schema = closed_schema(model)
        edit = ReviewChoice(id="edit", label="Do it so", needs="value", schema=schema)
        fits = revision == 1
        return self._desk.open(
            f"approve/{key}",
            "approval",
            title=title,
            summary=summary,
            subject=shown,
            subject_schema=schema,
            choices=[
                *([ReviewChoice(id="approve", label="Do this")] if fits else []),
                *([edit] if size_of(shown) <= MOST_SUBJECT else []),
                ReviewChoice(id="reject", label="Do nothing of it"),
            ],
            revision=revision,
            notes=notes,
            risk=risk,
        )


def _wanted(review: Review, decision: Decision) -> JsonValue:
    if decision.choice == "reject":
        said = f": {decision.comment}" if decision.comment else ""
        raise NotApproved(f"{review.title}: rejected by {decision.actor.id}{said}")
    return decision.value if decision.choice == "edit" else review.subject
