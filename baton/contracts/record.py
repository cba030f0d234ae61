"""What happened in a run, step by step, and the whole of a run's state."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from .agents import Card, Shared
from .enquiry import Enquiry, EnquiryOptions, EnquiryResult, LogOutcome
from .mail import Message
from .models import ModelCall
from .outcome import GoalResult, ProcessResult
from .review import Refusal, Review
from .sizes import LeftOut
from .systems import CrmEntry
from .wire import Wire

EntryKind = Literal[
    "received",
    "done",
    "failed",
    "ambiguous",
    "fell_back",
    "asked",
    "decided",
    "assigned",
    "refused",
    "warned",
    "waiting",
    "overdue",
    "replied",
    "skipped",
    "superseded",
    "supplied",
    "undone",
    "changed",
    "paused",
    "resumed",
    "noted",
    "replanned",
    "cancelled",
    "closed",
]


RunResult = EnquiryResult | GoalResult | ProcessResult
"""How a run of any process ended."""


class Fact(Wire):
    """One thing a run knows: written once, never changed, with the step, agent and attempt that gave it."""

    name: str
    type: str
    value: JsonValue
    step: str
    agent: str
    attempt: int
    at: datetime
    left_out: LeftOut | None = Field(default=None, description="set where an answer was too small for the value")


class RecordEntry(Wire):
    """One line of a run's record."""

    at: datetime
    kind: EntryKind
    step: str = ""
    title: str = Field(default="", description="the step in words")
    agent: str = ""
    attempt: int = 0
    text: str
    key: str = Field(default="", description="idempotency key of an effect")
    calls: list[ModelCall] = Field(default=[], description="requests to models that this took, whatever came of them")


class Closing(Wire):
    """How a run is about to end, and what the CRM is to be told."""

    result: EnquiryResult
    entry: CrmEntry


class Paused(Wire):
    """Since when a run starts no further step, who wants it so, and why."""

    by: str
    reason: str = ""
    since: datetime


class RunState(BaseModel):
    """One serialisable model of a run: with it, `run` can be entered again from the top at any time.

    The only model here that changes: it grows as the run goes on, and travels whole when a run continues as new.
    """

    facts: list[Fact] = []
    record: list[RecordEntry] = []
    reviews: list[Review] = []
    refusals: list[Refusal] = []
    refused_count: int = 0
    assignments: list[str] = []
    given_up: list[str] = Field(default=[], description="ids of actions that a person gave up: never used again")
    rounds: dict[str, int] = Field(default={}, description="how often a person answered for a step that failed")
    redone: dict[str, int] = Field(default={}, description="how often a step was done again under a new key")
    unknown_keys: list[str] = Field(default=[], description="idempotency keys of which nobody can tell what they did")
    skipped: list[str] = []
    failing: dict[str, list[str]] = Field(
        default={}, description="steps that all failed at, and why: another way is looked for"
    )
    to_undo: list[str] = Field(default=[], description="steps at which a person had all that was done taken back")
    replies: list[str] = Field(default=[], description="ids of the customer's replies, in order of arrival")
    replies_read: dict[str, int] = Field(default={}, description="how many replies each reading had")
    replies_before: dict[str, int] = Field(default={}, description="how many were read when each question was asked")
    deadlines: dict[str, datetime] = Field(default={}, description="absolute times of waits other than reviews")
    paused: Paused | None = None
    pauses: int = Field(default=0, description="how often it was paused")
    cancelled: bool = Field(default=False, description="an operator ended it: nobody is asked any more")
    stored: bool = Field(default=False, description="what is too large for Temporal is kept in files")
    closing: Closing | None = None
    stage: str = "starting"
    continued: int = 0

    @property
    def is_closing(self) -> bool:
        """Whether its outcome is settled: it only logs and keeps it now."""
        return self.closing is not None


class StepAnswer(Wire):
    """What every activity gives back: its result, and which agent gave it at which attempt."""

    value: JsonValue
    agent: str
    attempt: int
    stored: bool = Field(default=False, description="what is too large for Temporal is kept in files where this ran")
    found_done: bool = Field(
        default=False, description="an earlier attempt or round had done it: looked up, not done again"
    )
    calls: list[ModelCall] = Field(default=[], description="requests to models that it took, over all its attempts")


class LastAttempt(Wire):
    """How the last attempt at a step ended that will be tried again: `not_done` where it proves that nothing was done.

    `next_at`: when the next attempt begins; None: the step is not between two attempts.
    """

    not_done: bool = False
    next_at: datetime | None = None


class CallsSoFar(Wire):
    """The requests to models that were answered in a step that has not come to its end."""

    calls: list[ModelCall] = []


class EnquiryStart(Wire):
    """The input of EnquiryWorkflow. `cards` and `options` are those of the day it started."""

    enquiry: Enquiry
    options: EnquiryOptions = EnquiryOptions()
    cards: list[Shared[Card]]
    search_attributes: list[str] = Field(default=[], description="which of ours the server knows")
    state: RunState = RunState()
    continue_after_steps: int | None = Field(
        default=None, description="continue as new this often, beside the server's advice"
    )
    stages_apart_s: float = Field(
        default=0, ge=0, description="a stage that follows sooner on what lists show is not written there: seconds"
    )
    continue_after_events: int | None = Field(
        default=None, ge=20, description="continue as new when the history has so many events, beside that advice"
    )


class WaitingFor(Wire):
    """What a run waits for: nothing (it works), a person's review, or the customer's reply."""

    what: Literal["nothing", "review", "customer"] = "nothing"
    review_ids: list[str] = []
    since: datetime | None = None
    due_at: datetime | None = None
    overdue: bool = False


class StepStatus(Wire):
    """One line of a run's checklist."""

    step: str
    title: str
    state: Literal["done", "running", "waiting", "failed", "ambiguous", "skipped"]
    agent: str = ""
    detail: str = ""


class RunStatus(Wire):
    """The query `status`."""

    enquiry_id: str
    process: str
    stage: str
    waiting: WaitingFor
    steps: list[StepStatus]
    paused: Paused | None = None
    result: RunResult | None = None
    refused_signals: int = 0


class RunRecord(Wire):
    """The query `record`, and what the archive keeps: everything that happened and every fact."""

    enquiry_id: str
    process: str
    received_at: datetime
    facts: list[Fact]
    record: list[RecordEntry]
    reviews: list[Review]
    refusals: list[Refusal]
    refused_count: int
    result: RunResult | None = None
    replies: list[str] = Field(default=[], description="ids of the customer's replies, in order of arrival")
    mermaid: str = Field(default="", description="of a goal: its plan as a flowchart, coloured by its steps' states")
    oldest_left_out: int = Field(
        default=0, description="oldest facts, lines and reviews that an answer had no room for"
    )


class CustomerReplied(Wire):
    """The argument of the signal `customer_replied`: what the customer answered."""

    reply_id: str = Field(min_length=1, max_length=200)
    message: Message


class ArchiveRecord(Wire):
    """The full record of a run that is about to close; a large one in parts, of which each holds some of its lines."""

    record: RunRecord
    part: int = Field(default=1, ge=1)
    parts: int = Field(default=1, ge=1)


class LateLog(Wire):
    """The input of LateLogWorkflow: an entry that the CRM did not take in time, and the card of who writes it."""

    outcome: LogOutcome
    card: Card
    search_attributes: list[str] = Field(default=[], description="which of ours the server knows")


class Archived(Wire):
    """Where a record is kept."""

    location: str
    lines: int
