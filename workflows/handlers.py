"""What every run hears and answers: the signals of people, and the queries about where it stands.

A process inherits them, and adds its own.
"""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue

from baton.contracts import names
from baton.contracts.conversation import Utterance
from baton.contracts.record import RunRecord, RunStatus
from baton.contracts.review import Assignment, Decision, DecisionStatus, Intervention, Review

from .answers import few_utterances, small_record, small_reviews
from .pausing import Pausing
from .review_desk import ReviewDesk
from .run_state import Run
from .signals import NOTHING, BadSignal, read_signal


class Handlers:
    """A workflow with a run, a desk at which people are asked, and a switch to pause it."""

    _run: Run
    _desk: ReviewDesk
    _pausing: Pausing

    # ── signals: what does not parse is recorded and harms nothing ───────────────────────────────────────────────────

    @workflow.signal(name=names.DECIDE_REVIEW, description="Answer a review: a Decision as JSON")
    async def decide_review(self, raw: RawValue = NOTHING) -> None:
        """Take a person's answer to a review."""
        try:
            self._desk.decide(read_signal(raw, Decision))
        except BadSignal as bad:
            self._run.refuse(names.DECIDE_REVIEW, str(bad), decision_id=bad.decision_id)

    @workflow.signal(name=names.ASSIGN_REVIEW, description="Say who should look at a review: an Assignment as JSON")
    async def assign_review(self, raw: RawValue = NOTHING) -> None:
        """Name who should look at a review; it closes none."""
        try:
            self._desk.assign(read_signal(raw, Assignment))
        except BadSignal as bad:
            self._run.refuse(names.ASSIGN_REVIEW, str(bad))

    @workflow.signal(name=names.PAUSE, description="Start no further step for now: an Intervention as JSON")
    async def pause(self, raw: RawValue = NOTHING) -> None:
        """Stop the run: what is running is finished, nothing else starts, and due times stand still."""
        try:
            self._pausing.pause(read_signal(raw, Intervention))
        except BadSignal as bad:
            self._run.refuse(names.PAUSE, str(bad))

    @workflow.signal(name=names.RESUME, description="Let a paused run go on: an Intervention as JSON")
    async def resume(self, raw: RawValue = NOTHING) -> None:
        """Let the run go on."""
        try:
            self._pausing.resume(read_signal(raw, Intervention))
        except BadSignal as bad:
            self._run.refuse(names.RESUME, str(bad))

    @workflow.signal(dynamic=True)
    async def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal under a name that nobody listens to is recorded, so that its sender can find out."""
        self._run.refuse(name[:100], "no such signal")

    def signal_refused(self, name: str, reason: str) -> None:
        """What the worker's guard could not deliver."""
        self._run.refuse(name, reason)

    def current_details(self) -> str:
        """What the Temporal UI shows of this run in words."""
        return self._run.checklist()

    # ── queries ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @workflow.query(name=names.QUERY_STATUS, description="Where this run stands")
    def status(self) -> RunStatus:
        """Where this run stands."""
        return self._run.status()

    @workflow.query(name=names.QUERY_REVIEWS, description="Every review of this run, open ones last")
    def reviews(self) -> list[Review]:
        """Every review of this run, in the order in which they were opened; of old ones, where there are many, less."""
        return small_reviews(self._run.state.reviews)

    @workflow.query(name=names.QUERY_DECISION, description="What became of a decision")
    def decision(self, decision_id: str = "") -> DecisionStatus:
        """Whether a decision was accepted, or why not."""
        return self._desk.status_of(decision_id)

    @workflow.query(name=names.QUERY_RECORD, description="All that happened")
    def record(self) -> RunRecord:
        """All that happened, and every fact; values too large for an answer are named, and stand in the archive."""
        return small_record(self._run.record())

    @workflow.query(name=names.QUERY_UTTERANCES, description="What was said in an agent's conversation")
    def utterances(self, last: str = "") -> list[Utterance]:
        """What was said up to the piece of that digest, or before the turn of that key.

        The newest first, as much as an answer has room for.
        """
        return few_utterances(self._run.uttered, self._run.said_before.get(last, last))
