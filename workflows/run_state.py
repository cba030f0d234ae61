"""One run of any process: what it knows, what happened, and what the outside sees of it.

A process has a Run of its own, which says what it is called, what else it may wait for, and how that reads.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from copy import copy
from datetime import datetime

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts.agents import Card
from baton.contracts.conversation import Utterance
from baton.contracts.models import ModelCall
from baton.contracts.record import (
    EntryKind,
    Fact,
    RecordEntry,
    RunRecord,
    RunResult,
    RunState,
    RunStatus,
    StepStatus,
    WaitingFor,
)
from baton.contracts.review import Refusal, Review
from baton.contracts.sizes import MOST_HISTORY, MOST_KNOWN, most_carried, most_handed, size_of

from .answers import small_steps
from .run_start import RunStart
from .search_attributes import PAUSED, Shown

REFUSALS_KEPT = 50

_SYMBOL = {"done": "✓", "running": "…", "waiting": "●", "failed": "✗", "ambiguous": "?", "skipped": "–"}


class Run(ABC):
    """The state of one run behind the few ways in which it may grow."""

    process: str
    """What its process is called in lists."""

    noun: str
    """What a person calls it: `enquiry`."""

    start: RunStart
    state: RunState

    def __init__(self, start: RunStart) -> None:
        self.start = start
        # One level deep: what is in the lists never changes, and copying 8 MB of it takes longer than a task may.
        self.state = start.state.model_copy(update={name: copy(value) for name, value in start.state})
        self.cards: dict[str, Card] = {card.name: card for card in start.cards}
        self._facts = {fact.name: fact for fact in self.state.facts}
        self._weight = sum(size_of(fact.value) for fact in self.state.facts)
        self.result: RunResult | None = None
        self.uttered: dict[str, Utterance] = {}
        self.said_before: dict[str, str] = {}  # each turn, by its key: digest of the last piece
        self.running: dict[str, tuple[str, str]] = {}
        # A run that continues does not know what its attributes say: they are written anew.
        self._shown = None if self.state.continued else Shown()
        self._shown_at = workflow.info().start_time

    @property
    @abstractmethod
    def business_id(self) -> str:
        """The business id of this run."""

    @property
    @abstractmethod
    def received_at(self) -> datetime:
        """When what it is about came in."""

    def other_wait(self) -> WaitingFor:
        """What it waits for when no review is open."""
        return WaitingFor()

    def words_of_other_wait(self, waiting: WaitingFor, due: str) -> list[str]:
        """How that reads, and what to do about it: lines of Markdown."""
        return []

    @property
    def run_id(self) -> str:
        """How people name this run at the command line."""
        return self.business_id

    # What it knows.

    def fact(self, name: str) -> Fact | None:
        """The fact of that name, None while it is not known."""
        return self._facts.get(name)

    def value(self, name: str) -> JsonValue:
        """The value of a fact that must be there; a KeyError here is a mistake in the process."""
        fact = self.fact(name)
        if fact is None:
            raise KeyError(f"no step of this run has given {name!r} yet")
        return fact.value

    def know(
        self, name: str, value: JsonValue, *, type_: str, agent: str, attempt: int = 1, step: str | None = None
    ) -> None:
        """Append a fact; one that is known already is never changed."""
        if name not in self._facts:
            fact = Fact(
                name=name, type=type_, value=value, step=step or name, agent=agent, attempt=attempt, at=workflow.now()
            )
            self._weight += size_of(value)
            self._facts[name] = fact
            self.state.facts.append(fact)

    def not_read(self) -> int:
        """How many of the customer's replies no reading had."""
        return len(self.state.replies) - max(self.state.replies_read.values(), default=0)

    def stood_still(self, since: datetime) -> None:  # noqa: B027  # most have no such clock
        """It was paused since then, and goes on now: a clock of its own that ran meanwhile is set back."""

    # How large it may be.

    def why_not_handed(self, size: int) -> str:
        """Why a step cannot be handed so many bytes; empty when it can. A run that ends may always finish ending."""
        most = most_handed(stored=self.state.stored)
        if size > most:
            return f"{size:,} bytes are more than a step can be handed ({most:,})"
        history = workflow.info().get_current_history_size()
        if history > MOST_HISTORY and not self.state.is_closing:
            return f"this run's history has {history:,} bytes, more than it may grow to ({MOST_HISTORY:,}): end it"
        return ""

    def why_not_known(self, value: JsonValue) -> str:
        """Why there is no room for a fact of this value; empty when there is."""
        weight = self._weight + size_of(value)
        if weight > MOST_KNOWN and not self.state.is_closing:
            return f"with its answer all that this run knows has {weight:,} bytes, more than it may ({MOST_KNOWN:,})"
        return ""

    def carried(self) -> RunStart | None:
        """The input with which this run goes on in a new history; None when it weighs more than can be carried."""
        state = self.state.model_copy(update={"continued": self.state.continued + 1})
        start = self.start.model_copy(update={"state": state})
        return start if len(start.model_dump_json().encode()) <= most_carried(stored=state.stored) else None

    # What happened.

    def note(
        self,
        kind: EntryKind,
        text: str,
        *,
        step: str = "",
        title: str = "",
        agent: str = "",
        attempt: int = 0,
        key: str = "",
        calls: Sequence[ModelCall] = (),
    ) -> None:
        """Append one line to the record."""
        self.state.record.append(
            RecordEntry(
                at=workflow.now(),
                kind=kind,
                step=step,
                title=title,
                agent=agent,
                attempt=attempt,
                text=text,
                key=key,
                calls=list(calls),
            )
        )

    def note_once(self, kind: EntryKind, text: str, *, step: str, title: str = "") -> None:
        """The same, where `run` entered again from the top would write the line twice."""
        if not any(entry.kind == kind and entry.step == step for entry in self.state.record):
            self.note(kind, text, step=step, title=title)

    def note_cancelled(self) -> str:
        """That an operator ends the run, and why: noted once, given back in words."""
        reason = (workflow.cancellation_reason() or "")[:500]
        words = f"cancelled by the operator{f': {reason}' if reason else ''}"
        self.note_once("cancelled", words, step="cancelled", title="Cancelled")
        return words

    def refuse(
        self,
        signal: str,
        reason: str,
        *,
        decision_id: str = "",
        review_id: str = "",
        reply_id: str = "",
        signal_id: str = "",
    ) -> None:
        """Record a signal that was not taken: the last few whole, the rest counted."""
        self.state.refused_count += 1
        refusal = Refusal(
            at=workflow.now(),
            signal=signal,
            decision_id=decision_id,
            review_id=review_id,
            reply_id=reply_id,
            signal_id=signal_id,
            reason=reason[:500],
        )
        self.state.refusals = [*self.state.refusals, refusal][-REFUSALS_KEPT:]
        self.show()

    def forget_refusal(self, decision_id: str) -> None:
        """That decision was taken after all."""
        kept = [each for each in self.state.refusals if each.decision_id != decision_id]
        self.state.refused_count -= len(self.state.refusals) - len(kept)
        self.state.refusals = kept

    def stage(self, stage: str) -> None:
        """Move on to the next stage, and let lists see it."""
        self.state.stage = stage
        self.show()

    # What the outside sees.

    @property
    def open_reviews(self) -> list[Review]:
        """Reviews that nobody has answered yet."""
        return [review for review in self.state.reviews if review.status == "open"]

    @property
    def shown_stage(self) -> str:
        """The stage as lists show it: that a run is paused matters more than where."""
        return PAUSED if self.state.paused else self.state.stage

    def waiting(self) -> WaitingFor:
        """What this run waits for now. While it is paused nothing has a due time: nobody knows how long that lasts."""
        waiting = self._waiting()
        return waiting.model_copy(update={"due_at": None, "overdue": False}) if self.state.paused else waiting

    def _waiting(self) -> WaitingFor:
        reviews = self.open_reviews
        if reviews:
            due = min(review.due_at for review in reviews)
            return WaitingFor(
                what="review",
                review_ids=[review.review_id for review in reviews],
                since=min(review.created_at for review in reviews),
                due_at=due,
                overdue=due <= workflow.now(),
            )
        return self.other_wait()

    def steps(self) -> list[StepStatus]:
        """The checklist: each step once, in the order in which it was reached; of very many, the latest."""
        lines: dict[str, StepStatus] = {}
        for entry in self.state.record:
            state = _STEP_STATES.get(entry.kind)
            if state and entry.step:
                lines[entry.step] = StepStatus(
                    step=entry.step,
                    title=entry.title or entry.step,
                    state=state,
                    agent=entry.agent,
                    detail="" if entry.text == entry.title else entry.text,
                )
        for step, (title, agent) in self.running.items():
            lines[step] = StepStatus(step=step, title=title, state="running", agent=agent)
        for review in self.open_reviews:
            lines[review.review_id] = StepStatus(step=review.review_id, title=review.title, state="waiting")
        return small_steps(list(lines.values()))

    def status(self) -> RunStatus:
        """The answer to the query `status`."""
        return RunStatus(
            enquiry_id=self.business_id,
            process=self.process,
            stage=self.shown_stage,
            waiting=self.waiting(),
            steps=self.steps(),
            paused=self.state.paused,
            result=self.result,
            refused_signals=self.state.refused_count,
        )

    def record(self) -> RunRecord:
        """All that happened: what is archived, and, made small, the answer to the query `record`."""
        return RunRecord(
            enquiry_id=self.business_id,
            process=self.process,
            received_at=self.received_at,
            facts=self.state.facts,
            record=self.state.record,
            reviews=self.state.reviews,
            refusals=self.state.refusals,
            refused_count=self.state.refused_count,
            result=self.result,
            replies=self.state.replies,
        )

    def show(self, *, between_steps: bool = False) -> None:
        """Bring the search attributes up to date; one that the server lacks is never touched.

        Between steps the next stage may begin at once: then it is too late for the name of this one.
        """
        shown = Shown.of(self.shown_stage, self.waiting(), self.open_reviews)
        passing = between_steps or self._soon_after_the_last()
        if shown == self._shown or (passing and shown.is_on_its_way(self._shown)):
            return
        updates = shown.updates(self._shown, known=self.start.search_attributes)
        self._shown, self._shown_at = shown, workflow.now()
        if updates:
            workflow.upsert_search_attributes(updates)

    def _soon_after_the_last(self) -> bool:
        """Whether a stage written now would be one that nobody can read, or that takes another's place unread."""
        return (workflow.now() - self._shown_at).total_seconds() < self.start.stages_apart_s

    def checklist(self) -> str:
        """Where it stands and what it did, a line a step, for people who look at the run in the Temporal UI."""
        lines = [f"**{self.shown_stage.capitalize()}**", ""]
        lines += self._pause_lines()
        lines += [_line(step) for step in self.steps()]
        waiting = self.waiting()
        if waiting.what == "review":
            lines += ["", f"A person is asked{_due(waiting)}. To see it and answer:", ""]
            lines += [f"`uv run starter.py review {self.run_id}`"]
        else:
            lines += self.words_of_other_wait(waiting, _due(waiting))
        if self.state.refusals:
            last = self.state.refusals[-1]
            lines += ["", f"Signals refused: {self.state.refused_count}; the last, {last.signal}: {last.reason}"]
        return "\n".join(lines)

    def _pause_lines(self) -> list[str]:
        paused = self.state.paused
        if paused is None:
            return []
        why = f": {paused.reason}" if paused.reason else ""
        return [
            f"By {paused.by} since {_clock(paused.since)}{why}. Due times stand still. To let it go on:",
            "",
            f"`uv run starter.py resume {self.business_id}`",
            "",
        ]


def _line(step: StepStatus) -> str:
    by = f" · {step.agent}" if step.agent and step.agent not in step.detail else ""
    said = f": {step.detail}" if step.detail else ""
    return f"{_SYMBOL[step.state]} {step.title}{by}{said}  "  # two spaces: a new line, without a bullet


_STEP_STATES = {
    "received": "done",
    "done": "done",
    "failed": "failed",
    "ambiguous": "ambiguous",
    "fell_back": "running",
    "decided": "done",
    "skipped": "skipped",
    "supplied": "done",
    "undone": "done",
    "superseded": "skipped",
    "changed": "failed",
    "waiting": "waiting",
    "replied": "done",
    "noted": "done",
    "replanned": "done",
    "closed": "done",
}


def _due(waiting: WaitingFor) -> str:
    if waiting.due_at is None:
        return ""
    return f", {'**overdue since**' if waiting.overdue else 'due'} {_clock(waiting.due_at)}"


def _clock(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
