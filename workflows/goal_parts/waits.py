"""What the process does itself: wait, and ask a person."""

from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from temporalio import workflow

from baton.contracts.plan_builtin import Answer, AskPerson, Wait, Waited
from baton.contracts.review import ReviewChoice
from baton.contracts.wire import JsonObject
from workflows.continuing import Continuing
from workflows.review_desk import ReviewDesk
from workflows.step import StepSkipped

from .calls import Call, NotDone
from .goal_run import GoalRun

CLOCK = "clock"

Model = TypeVar("Model", bound=BaseModel)


class Waits:
    """Waits by durable timers, and by reviews."""

    def __init__(self, run: GoalRun, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._desk = desk
        self._continuing = continuing

    async def wait(self, call: Call, title: str) -> None:
        """Until the time is there. A pause moves a length of time, and no date."""
        wanted = _read(call.inputs, Wait)
        await self._continuing.point()
        if wanted.seconds is not None and call.key not in self._run.state.deadlines:
            self._run.state.deadlines[call.key] = workflow.now() + timedelta(seconds=wanted.seconds)
        self._run.note_once("waiting", title, step=call.key, title=title)
        while (left := self._until(call, wanted) - workflow.now()) > timedelta(0):
            await self._continuing.point()
            if await self._passed(left, title):
                break
        until = self._until(call, wanted)
        self._run.state.deadlines.pop(call.key, None)
        self._know(call, Waited(until=until), CLOCK, title)

    def _until(self, call: Call, wanted: Wait) -> datetime:
        return wanted.until or self._run.state.deadlines[call.key]

    async def _passed(self, left: timedelta, title: str) -> bool:
        try:
            await workflow.wait_condition(self._continuing.calls, timeout=left, timeout_summary=title)
        except TimeoutError:
            return not self._continuing.pausing.on
        return False

    async def ask(self, call: Call, title: str, timeout_s: float | None) -> None:
        """Until a person answers. Raises StepSkipped when they will not, or nobody is asked any more."""
        asked = _read(call.inputs, AskPerson)
        words: JsonObject = {"type": "string", "minLength": 1, "maxLength": 10_000}
        schema: JsonObject = {"type": "string", "enum": list(asked.choices)} if asked.choices else words
        review = self._desk.open(
            f"ask/{call.key}",
            "answer",
            title=title,
            summary=asked.question,
            subject={"question": asked.question, "choices": list(asked.choices)},
            subject_schema={"type": "object"},
            choices=[
                ReviewChoice(id="answer", label="Answer", needs="value", schema=schema),
                ReviewChoice(id="skip", label="Go on without an answer"),
            ],
            due_in=timedelta(seconds=timeout_s) if timeout_s else None,
        )
        decision = await self._desk.decision(review)
        if decision is None:
            raise StepSkipped(call.key)
        if decision.choice == "skip":
            raise NotDone(f"{decision.actor.id} went on without an answer")
        self._know(call, Answer(text=str(decision.value)), decision.actor.id, title)

    def _know(self, call: Call, result: BaseModel, agent: str, title: str) -> None:
        self._run.know(call.key, result.model_dump(mode="json"), type_=type(result).__name__, agent=agent)
        self._run.note("done", title, step=call.key, title=title, agent=agent)
        self._run.show(between_steps=True)


def _read(inputs: JsonObject, model: type[Model]) -> Model:
    """What a step of the process is handed; NotDone says what of it cannot be read."""
    try:
        return model.model_validate(inputs)
    except ValidationError as error:
        first = error.errors()[0]
        raise NotDone(f"{'/'.join(map(str, first['loc'])) or 'its inputs'}: {first['msg']}") from None
