"""What is proposed, what the policy says of it, and what a person decides."""

from pydantic import JsonValue

from baton.contracts import names
from baton.contracts.enquiry import Answered, Proposal, Resolution
from baton.contracts.review import Decision, Review
from baton.contracts.setback import Setback
from baton.contracts.wire import digest_of
from workflows.review_desk import ReviewDesk
from workflows.step_runner import StepRunner

from .case_file import CaseFile, numbered
from .enquiry_run import EnquiryRun
from .reviews import MOST_CHANGE_REQUESTS, open_edited_review, open_resolution_review, repeated, that_can_be_shown
from .second_look import Looked, SecondLook


class Agreement:
    """Proposes until a person decides. Nothing is written or sent before."""

    def __init__(self, run: EnquiryRun, steps: StepRunner, desk: ReviewDesk) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._options = run.start.options
        self._second_look = SecondLook(run, steps)

    async def propose(self, case: CaseFile) -> Proposal:
        """Typed actions and a drafted reply that the policy allows; a hand-over where that cannot be had."""
        self._run.stage("proposing")
        case.revision += 1
        forbidden: list[Setback] = []
        for attempt in ("", "again", "hand_over"):
            key = numbered(numbered("propose_resolution", case.revision), attempt)
            because = "the policy forbids what was proposed" if attempt == "hand_over" else ""
            proposed = await self._steps.run(
                names.PROPOSE_RESOLUTION,
                key=key,
                reads=case.all_facts(),
                given={
                    "trust": self._options.trust,
                    "signature": self._options.signature,
                    "products": case.products_json(),
                    "done": case.done_json(),
                    "feedback": list(case.feedback),
                    "setbacks": case.setbacks_json(*forbidden),
                    "revision": case.revision,
                    "hand_over_because": case.hand_over_because or because,
                },
                summary="Propose what to do and draft the reply",
            )
            proposal = that_can_be_shown(proposed)
            breaches, warnings = await self._check_policy(
                case, proposal.resolution, key.replace("propose_resolution", "check_policy")
            )
            proposal = proposal.model_copy(update={"warnings": warnings})
            if not breaches and not (proposal.unsure and proposal.resolution.actions):
                return proposal
            forbidden += [Setback(kind="forbidden", text=breach) for breach in breaches]
        # Whoever proposed this did not listen: what the policy forbids must not be there to be approved.
        bare = proposal.resolution.model_copy(update={"actions": []})
        return proposal.model_copy(update={"resolution": bare, "unsure": [*proposal.unsure, *breaches]})

    async def _check_policy(
        self, case: CaseFile, resolution: Resolution, key: str, *, edited: bool = False
    ) -> tuple[list[str], list[str]]:
        """What the policy forbids of a resolution, and what it warns of, a line each."""
        trusted = self._options.trust == "named" or case.match.sender.status == "verified"
        verdict = await self._steps.run(
            names.CHECK_POLICY,
            key=key,
            reads=case.facts_to_check(trusted=trusted),
            given={
                "resolution": resolution.model_dump(mode="json"),
                "edited": edited,
                "customer": case.customer_json(),
                "products": case.products_json(),
                "sender": case.match.sender.model_dump(mode="json"),
                "done": case.done_json(),
                "answers": self._answered(trusted=trusted),
            },
            summary="Check the proposal against the policy",
        )
        used = [each.action.action_id for each in case.done] + self._run.state.given_up
        judged = {each.action_id for each in verdict.judgements}
        breaches = [
            *(f"{each}: this action id was used before: give it another" for each in repeated(resolution, used)),
            *(f"{each.action_id}: not judged" for each in resolution.actions if each.action_id not in judged),
            *(f"{each.action_id}: {each.rule}. {each.explanation}".strip() for each in verdict.breaches),
        ]
        return breaches, verdict.warnings

    def _answered(self, *, trusted: bool) -> JsonValue:
        """What the drafted reply answers."""
        message = self._run.start.enquiry.message
        answered = Answered(
            from_address=message.from_address,
            subject=message.subject,
            signature=self._options.signature,
            trusted=trusted,
        )
        return answered.model_dump(mode="json")

    async def have_a_person_decide(self, case: CaseFile, proposal: Proposal) -> tuple[Review | None, Decision | None]:
        """No write and no mail before this. An edit that breaks the policy comes back as a new revision.

        No decision when the customer wrote again: all of it is read before a person is asked.
        """
        looked = Looked()
        if self._desk.find("resolution", case.revision) is None:
            if not self._wrote_again(case):
                looked = await self._second_look.at(case, proposal)
            if self._wrote_again(case):
                return None, None
        may_change = case.changes_requested < MOST_CHANGE_REQUESTS
        review = open_resolution_review(self._desk, case, proposal, looked, may_change=may_change)
        while True:
            self._run.stage("waiting for a review")
            decision = await self._desk.decision(review)
            if decision is None or decision.choice != "edit":
                return review, decision
            self._run.stage("checking an edit")
            edited = Resolution.model_validate(decision.value)
            key = f"check_policy/{case.revision}/edit"
            breaches, warnings = await self._check_policy(case, edited, key, edited=True)
            if not breaches:
                if warnings:
                    self._run.note_once("warned", f"the edit: {'; '.join(warnings)}", step=key, title="Check the edit")
                return review, decision
            case.revision += 1
            review = open_edited_review(
                self._desk,
                review,
                decision.value,
                breaches,
                case.revision,
                warnings=warnings,
                may_change=may_change,
            )

    def _wrote_again(self, case: CaseFile) -> bool:
        return len(self._run.state.replies) > len(case.said["replies"])

    def accept(self, case: CaseFile, review: Review | None, decision: Decision) -> Resolution:
        """What was approved or written by a person becomes a fact, word for word.

        The digest is the decision's own: whatever became of the fact since, an activity sees that it is not the same.
        """
        assert review is not None  # a decision is about a review
        edited = decision.choice == "edit"
        subject = decision.value if edited else review.subject
        case.approved_digest = digest_of(decision.value) if edited else decision.subject_digest
        self._run.know(case.approved_fact(), subject, type_="Resolution", agent=decision.actor.id)
        return Resolution.model_validate(subject)
