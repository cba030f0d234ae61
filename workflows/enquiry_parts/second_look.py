"""A second look at a draft before its reviewer sees it: where a model is named for that, and not waited for long."""

from dataclasses import dataclass

from baton.contracts import names
from baton.contracts.critique import Critique, ObjectionKind
from baton.contracts.enquiry import Proposal
from workflows.step import StepSkipped, Terms
from workflows.step_runner import StepRunner

from .case_file import CaseFile, numbered
from .enquiry_run import EnquiryRun

LONGEST_S = 300.0
"""How long one model may take, its pauses too: the reviewer can do without."""

_TITLE = "Take a second look at the draft"

_WORDS: dict[ObjectionKind, str] = {
    "unanswered": "not answered",
    "unfounded": "no fact supports",
    "promise": "the policy does not promise",
    "action": "not as it was asked",
    "wording": "wrong in tone or language",
}


@dataclass(frozen=True)
class Looked:
    """What came of it, a line each, for the reviewer. `objects`: something is said to be wrong."""

    lines: tuple[str, ...] = ()
    objects: bool = False


class SecondLook:
    """Asks the Critic. It changes nothing: what it says is quoted beside the draft, and nobody else is told."""

    def __init__(self, run: EnquiryRun, steps: StepRunner) -> None:
        self._run = run
        self._steps = steps

    async def at(self, case: CaseFile, proposal: Proposal) -> Looked:
        """What the Critic objects to. A hand-over has no draft; where it cannot be asked, the line says why."""
        if self._steps.card(names.CRITICISE_DRAFT.name) is None or proposal.unsure:
            return Looked()
        key = numbered("criticise_draft", case.revision)
        options = self._run.start.options
        try:
            critique = await self._steps.run(
                names.CRITICISE_DRAFT,
                key=key,
                reads=case.all_facts(),
                given={
                    "trust": options.trust,
                    "products": case.products_json(),
                    "done": case.done_json(),
                    "feedback": list(case.feedback),
                    "setbacks": case.setbacks_json(),
                    "revision": case.revision,
                    "resolution": proposal.resolution.model_dump(mode="json"),
                    "refused": [each.model_dump(mode="json") for each in proposal.refused],
                },
                summary=_TITLE,
                terms=Terms(optional=True, timeout_s=LONGEST_S),
            )
        except StepSkipped:
            return Looked((f"no second look: {self._why_skipped(key)}",))
        if critique.unread:
            return Looked((f"no second look: {critique.unread}",))
        lines = self._lines(key, critique)
        if lines:
            self._run.note_once("warned", "; ".join(lines), step=key, title=_TITLE)
        return Looked(lines, objects=bool(lines))

    def _lines(self, key: str, critique: Critique) -> tuple[str, ...]:
        fact = self._run.fact(key)
        assert fact is not None  # its step has just given it
        return tuple(
            f"objection by {fact.agent}: {_WORDS[each.kind]}, “{each.about}”: “{each.problem}”"
            for each in critique.objections
        )

    def _why_skipped(self, key: str) -> str:
        """As the record says it: each model that was tried, and why it could not."""
        lines = [entry for entry in self._run.state.record if entry.step == key]
        failed = [f"{entry.agent}: {entry.text}" for entry in lines if entry.kind == "failed"]
        return "; ".join(failed or [entry.text for entry in lines if entry.kind == "skipped"])
