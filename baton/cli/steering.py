"""The commands that steer a goal under way: a note for it, and something else that is wanted."""

import asyncio
from typing import Annotated, TypeVar
from uuid import NAMESPACE_URL, uuid4, uuid5

import typer
from pydantic import BaseModel, ValidationError

from baton.cli.console import as_json, line
from baton.cli.deciding import FOLLOWED_S, user_name
from baton.cli.ids import run_id
from baton.cli.options import JsonOption
from baton.cli.problems import NoWorker, Problem, not_yet_taken, plainly, promptly
from baton.cli.runs import Runs, open_runs
from baton.cli.shapes import Told
from baton.contracts import names
from baton.contracts.record import RunRecord
from baton.contracts.review import Actor
from baton.contracts.steering import GoalChange, Note
from baton.contracts.wire import canonical_json
from baton.settings import load_settings

Model = TypeVar("Model", bound=BaseModel)

GoalIdArgument = Annotated[str, typer.Argument(metavar="ID", help="The goal's id: GOAL-7.", show_default=False)]
NoteArgument = Annotated[str, typer.Argument(metavar="TEXT", help="What is to be known.", show_default=False)]
WordsArgument = Annotated[
    str, typer.Argument(metavar="GOAL", help="What is wanted instead, in words.", show_default=False)
]
WhyOption = Annotated[str, typer.Option("--reason", help="Why, for the record.", show_default=False)]


@plainly
@promptly
async def note(given: GoalIdArgument, text: NoteArgument, json: JsonOption = False) -> None:
    """Add a note to a goal: it stands in its record and its answer, and changes no plan."""
    goal_id = _goal_id(given)
    note_id = str(uuid5(NAMESPACE_URL, canonical_json([goal_id, text, user_name()])))
    note = _read(Note, {"text": text, "author": user_name(), "note_id": note_id})
    runs = await open_runs(load_settings())
    became = await _tell(runs, goal_id, names.ADD_NOTE, note, note_id)
    _report(became, json=json, done="has the note", again="it is safe to repeat")


@plainly
@promptly
async def change_goal(
    given: GoalIdArgument, goal: WordsArgument, reason: WhyOption = "", json: JsonOption = False
) -> None:
    """Want something else of a goal under way: what has not begun is planned anew, what has begun is finished."""
    goal_id = _goal_id(given)
    change_id = uuid4().hex
    actor = Actor(id=user_name(), authenticated_by="command line user")
    change = _read(GoalChange, {"goal": goal, "actor": actor, "reason": reason, "change_id": change_id})
    runs = await open_runs(load_settings())
    became = await _tell(runs, goal_id, names.CHANGE_GOAL, change, change_id)
    _report(became, json=json, done="has it", again="a second one would be a change of its own")


def _goal_id(given: str) -> str:
    goal_id = run_id(given)
    if not names.is_goal(goal_id):
        raise Problem(f"{goal_id} is no goal. One looks like GOAL-7.")
    return goal_id


def _read(model: type[Model], told: dict[str, object]) -> Model:
    """What would be refused unread is not sent."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise Problem(f"Nothing was sent: {first['loc'][0]}: {first['msg']}.") from None


async def _tell(runs: Runs, goal_id: str, signal: str, told: BaseModel, id_: str) -> Told:
    """Send it, and follow it: taken, refused with the reason, or not yet taken by any worker."""
    await runs.signal(goal_id, signal, told)
    became = Told(enquiry_id=goal_id, id=id_, status="not_yet_taken", reason="no worker is answering")
    try:
        async with asyncio.timeout(FOLLOWED_S):
            while True:
                became = _seen(await runs.record(goal_id), became)
                if became.outcome or (became.status != "not_yet_taken" and signal == names.ADD_NOTE):
                    break
                if became.status == "refused":
                    break
                await asyncio.sleep(0.1)
    except (NoWorker, TimeoutError):
        pass
    return became


def _seen(record: RunRecord, so_far: Told) -> Told:
    """What the record says of it. The same note again was taken when it came first."""
    fact = next((each for each in record.facts if _id_in(each.value) == so_far.id), None)
    if fact is not None:
        key = fact.name.replace("plan/goal/", "plan/change/")
        taken = so_far.model_copy(update={"status": "accepted", "reason": ""})
        for entry in record.record:
            if entry.kind == "replanned" and entry.step.startswith(f"{key}/"):
                return taken.model_copy(update={"outcome": "replanned", "detail": entry.text})
        review_id = key.removeprefix("plan/")
        if any(each.review_id == review_id and each.status == "open" for each in record.reviews):
            return taken.model_copy(update={"outcome": "asked", "detail": review_id})
        return taken
    refused = next((each for each in record.refusals if each.signal_id == so_far.id), None)
    return so_far.model_copy(update={"status": "refused", "reason": refused.reason}) if refused else so_far


def _id_in(value: object) -> object:
    return (value.get("note_id") or value.get("change_id")) if isinstance(value, dict) else None


def _report(became: Told, *, json: bool, done: str, again: str) -> None:
    if json:
        as_json(became)
    if became.status == "refused":
        raise Problem(f"Refused: {became.reason}.")
    if became.status == "not_yet_taken":
        raise not_yet_taken(again)
    if json:
        return
    line(f"{became.enquiry_id} {done}.", style="ok")
    if became.outcome == "replanned":
        line(f"  {became.detail}", style="quiet")
    if became.outcome == "asked":
        look = f"uv run starter.py review {became.enquiry_id} --review {became.detail}"
        line(f"  It cannot be told what is meant, or it cannot be had. See, and answer: {look}", style="quiet")
