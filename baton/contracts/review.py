"""What a person is asked, and what a person answers. A review is bound to what was seen by a digest."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue, StringConstraints

from .enquiry import Evidence
from .sizes import LeftOut
from .wire import JsonObject, MaskedText, Wire

ReviewKind = Literal[
    "resolution", "question", "hand_over", "failure", "approval", "answer", "budget", "plan", "clarification"
]
Needs = Literal["nothing", "comment", "value"]
Risk = Literal["low", "medium", "high"]


class ReviewChoice(Wire):
    """One way to answer. `schema` says what the value must look like when one is needed."""

    id: str
    label: str
    needs: Needs = "nothing"
    value_schema: JsonObject | None = Field(default=None, alias="schema")
    closes: bool = True

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)


class Actor(Wire):
    """Who answers, in which roles, and what vouches for it."""

    id: str = Field(min_length=1, max_length=200)
    roles: list[str] = []
    authenticated_by: str = Field(default="", description="e.g. 'command line user', 'web desk session'")


class Decision(Wire):
    """A person's answer to a review: the argument of the signal `decide_review`."""

    decision_id: str = Field(min_length=1, max_length=100)
    review_id: str = Field(min_length=1, max_length=200)
    revision: int
    subject_digest: str
    choice: str = Field(min_length=1, max_length=50)
    value: JsonValue = None
    comment: MaskedText = Field(default="", max_length=10_000)
    reason_code: str = Field(default="", max_length=100)
    actor: Actor
    channel: str = Field(default="", max_length=100, description="e.g. 'command line', 'Temporal UI'")
    proof: str = Field(default="", max_length=4_000)


class Review(Wire):
    """Something a person must judge. It stays open until it is answered; late means overdue, never gone."""

    review_id: str
    kind: ReviewKind
    title: str
    summary: str
    subject: JsonValue
    subject_schema: JsonObject
    subject_digest: str
    evidence: list[Evidence] = []
    notes: list[str] = Field(default=[], description="what changed since the last revision, what the policy said")
    revision: int = 1
    choices: list[ReviewChoice]
    risk: Risk = "low"
    risk_reasons: list[str] = []
    created_at: datetime
    due_at: datetime
    paused_since: datetime | None = Field(
        default=None, description="while the run is paused: since when the time until `due_at` stands still"
    )
    assignees: list[str] = []
    status: Literal["open", "decided", "superseded", "withdrawn"] = "open"
    decision: Decision | None = None
    left_out: LeftOut | None = Field(
        default=None, description="set where an answer was too small for subject, schemas, evidence and notes"
    )

    def choice(self, wanted: str) -> ReviewChoice | None:
        """The choice of that id, None when this review does not offer it."""
        return next((choice for choice in self.choices if choice.id == wanted), None)


class Assignment(Wire):
    """Who should look at a review, and by when: the argument of the signal `assign_review`. It closes nothing."""

    assignment_id: str = Field(min_length=1, max_length=100)
    review_id: str = Field(min_length=1, max_length=200)
    assignees: list[Annotated[str, StringConstraints(min_length=1, max_length=200)]] = Field(default=[], max_length=20)
    due_at: AwareDatetime | None = None
    note: MaskedText = Field(default="", max_length=2_000)
    actor: Actor


class Intervention(Wire):
    """Who stops a run or lets it go on, and why: the argument of the signals `pause` and `resume`."""

    by: str = Field(min_length=1, max_length=200)
    reason: MaskedText = Field(default="", max_length=2_000)


class Refusal(Wire):
    """A signal that was not taken, and why. Garbage has no id."""

    at: datetime
    signal: str
    decision_id: str = ""
    review_id: str = ""
    reply_id: str = ""
    signal_id: str = Field(default="", description="of a note, or a change of a goal")
    reason: str


class DecisionStatus(Wire):
    """The query `decision`: what became of one that was sent."""

    decision_id: str
    status: Literal["accepted", "refused", "unknown"]
    reason: str = ""
