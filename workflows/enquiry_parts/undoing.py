"""Taking back what was done, when a later step of the same resolution cannot be done and a person wants that."""

from baton.contracts import names
from baton.contracts.enquiry import DoneAction
from baton.contracts.orders import Action
from baton.contracts.setback import Setback, of_action
from baton.contracts.wire import JsonObject
from workflows.step import Effect, StepSkipped
from workflows.step_runner import StepRunner

from .case_file import CaseFile
from .enquiry_run import EnquiryRun


class Undoing:
    """Undoes actions in the reverse order, each by the undo that its card names."""

    def __init__(self, run: EnquiryRun, steps: StepRunner) -> None:
        self._run = run
        self._steps = steps

    def effect(self, case: CaseFile, action_id: str, *, if_done: JsonObject) -> Effect:
        """An effect of this revision, and what could be taken back should it fail."""
        done = self._done_in_this_revision(case)
        return Effect(
            action_id,
            case.revision,
            if_done=if_done,
            undoable=tuple(_named(each) for each in reversed(done) if self._undo_of(each)),
            kept=tuple(f"{_named(each)} ({self._why_kept(each)})" for each in done if not self._undo_of(each)),
        )

    def if_done(self, case: CaseFile, action: Action) -> JsonObject:
        """The result of an action that a person saw done in the order system."""
        order = self._run.value(case.order_facts[action.order_id])
        return {"outcome": "done", "action_id": action.action_id, "order": order}

    async def take_back(self, case: CaseFile) -> list[Setback]:
        """Undo what can be undone, the last action first; what became of each comes back, a line each."""
        self._run.stage("taking back")
        lines = []
        for done in reversed(self._done_in_this_revision(case)):
            undo = self._undo_of(done)
            if undo is None:
                lines.append(_stands(f"{_named(done)} stays done: {self._why_kept(done)}"))
                continue
            lines.append(await self._undo(case, done, undo))
        return lines

    async def _undo(self, case: CaseFile, done: DoneAction, undo: str) -> Setback:
        action = done.action
        key = f"{undo}/{action.action_id}/{case.revision}"
        try:
            result = await self._steps.run(
                names.undoing(undo),
                key=key,
                reads={"subject": case.approved_fact(), "basis": case.order_facts[action.order_id]},
                given={"subject_digest": case.approved_digest, "action_id": action.action_id},
                effect=Effect(f"{action.action_id}-undo", case.revision, if_done=self.if_done(case, action)),
                summary=f"Take back: {_named(done)}",
            )
        except StepSkipped:
            return _stands(f"{_named(done)} was not taken back: see whether it still stands")
        if result.outcome == "changed":
            return _stands(f"{_named(done)} was not taken back: {'; '.join(result.changes)}")
        case.done.remove(done)
        self._run.note_once("undone", f"{_named(done)}: taken back", step=f"undone/{key}", title=_named(done))
        return of_action(action, "taken_back", f"{_named(done)} was taken back")

    def _done_in_this_revision(self, case: CaseFile) -> list[DoneAction]:
        """What was done under an earlier approval stays: the person who decides now was shown it as done."""
        return [each for each in case.done if self._run.fact(case.step_of(each.action)) is not None]

    def _undo_of(self, done: DoneAction) -> str | None:
        card = self._steps.card(done.action.kind)
        return card.undo if card else None

    def _why_kept(self, done: DoneAction) -> str:
        card = self._steps.card(done.action.kind)
        return (card.no_undo if card else "") or "it has no undo"


def _stands(text: str) -> Setback:
    return Setback(kind="stands", text=text)


def _named(done: DoneAction) -> str:
    return done.action.summary or f"{done.action.kind.replace('_', ' ')} on {done.action.order_id}"
