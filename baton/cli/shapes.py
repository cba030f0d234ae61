"""The JSON that `--json` prints where it is not a contract's own model; fields are only ever added."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from baton.contracts.agents import Effect
from baton.contracts.plan import Plan, PlanFault
from baton.contracts.planning import PlannedBy
from baton.contracts.review import Review
from baton.contracts.wire import Wire

RunState = Literal["running", "completed", "failed", "cancelled", "terminated", "timed_out", "continued"]


class RunLine(Wire):
    """One run as lists show it. What visibility knows, so also without a worker; times are UTC.

    `stage`, `waiting_on` and `overdue` say something of running ones only.
    """

    enquiry_id: str
    state: RunState
    stage: str = ""
    waiting_on: str = ""
    due: datetime | None = None
    overdue: bool = False
    assignees: list[str] = []
    priority: int | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None


class Retry(Wire):
    """A step's attempt that failed and is followed by another. `next_at` None: it runs at this moment."""

    capability: str
    attempt: int
    next_at: datetime | None = None
    reason: str


class InboxLine(RunLine):
    """A run that waits for a person, with its open reviews where a worker told them."""

    reviews: list[Review] = []


class Inbox(Wire):
    """`inbox --json`: what waits for a person, the first due first.

    `worker_answers` False: the reviews themselves are not shown; null: nothing waits, so nobody was asked.
    """

    worker_answers: bool | None
    waiting: list[InboxLine]


class RunList(Wire):
    """`list --json`."""

    runs: list[RunLine]


class Reviews(Wire):
    """`review ID --json`."""

    enquiry_id: str
    reviews: list[Review]


class Started(Wire):
    """`start enquiry --json`."""

    enquiry_id: str
    workflow_id: str
    ui: str = ""


class Decided(Wire):
    """`decide --json`: what became of the decision."""

    enquiry_id: str
    decision_id: str
    review_id: str
    status: Literal["accepted", "refused", "not_yet_taken"]
    reason: str = ""


class Told(Wire):
    """`note --json` and `change-goal --json`: what became of what a goal was told, and what has come of it so far."""

    enquiry_id: str
    id: str
    status: Literal["accepted", "refused", "not_yet_taken"]
    reason: str = ""
    outcome: Literal["", "replanned", "asked"] = Field(
        default="", description="of a change: the plan is another one, or a review asks"
    )
    detail: str = Field(default="", description="what came in and what was left out, or the review's id")


class CheckLine(Wire):
    """One line of `check`."""

    name: str
    ok: bool
    detail: str
    todo: str = ""


class Checked(Wire):
    """`check --json`."""

    ok: bool
    checks: list[CheckLine]


class AgentLine(Wire):
    """One capability of this installation."""

    name: str
    used_by: Literal["enquiry", "plans"]
    effect: Effect
    agent: str = Field(description="who does it")
    source: str = Field(description="`built in`, or the module that it comes from")
    queue: str
    takes: str
    gives: str
    description: str
    health: Literal["ok", "shaky", "failing", "broken", "unknown"] = Field(
        description="how it did of late; `broken`: the system behind it does not answer now"
    )
    health_detail: str = Field(default="", description="what the system behind it says")
    tried: int = Field(default=0, description="attempts within a day that workers saw end, the latest few")
    succeeded: int = 0
    last_failure: str = ""
    last_failure_at: datetime | None = None


class AgentList(Wire):
    """`agents --json`."""

    agents: list[AgentLine]


class PlanChecked(Wire):
    """`plan check --json`: whether a plan may run, and all that is wrong with it. `steps`, `waves`: of one that may."""

    ok: bool
    goal: str = ""
    steps: int = 0
    waves: int = 0
    faults: list[PlanFault] = []


class StepAgent(Wire):
    """Who takes a step of a plan, why, and who takes it when that one fails for good, in order."""

    step: str
    capability: str
    agent: str
    why: str
    then: list[str] = []


class GoalPlan(Wire):
    """`plan --json`, and `start goal --json` where nothing was started: what becomes of a goal.

    `why`: the sign of an enquiry, the question of a goal that is unsure, or the reasons why one cannot be had; of a
    plan by a model, what the rules said of its goal, with their `choices`.
    """

    goal: str
    outcome: Literal["planned", "enquiry", "unsure", "impossible"]
    why: str = ""
    choices: list[str] = Field(default=[], description="of one that is unsure: --choose takes the number, from 1")
    plan: Plan | None = None
    agents: list[StepAgent] = []
    cost: str = Field(default="", description="decimal, in the installation's currency")
    seconds: float = 0
    cards: dict[str, str] = Field(default={}, description="digests of the cards that a run of it carries, by name")
    faults: list[PlanFault] = []
    planned_by: PlannedBy | None = Field(default=None, description="the model that made the plan; null: rules did")
    model_said: str = Field(default="", description="why no plan came of a model that was asked; empty: none was")


class Lengths(Wire):
    """How long several things took, seconds: how many they were, the median, the 90th percentile, all together."""

    count: int = 0
    median_s: float | None = None
    p90_s: float | None = None
    total_s: float = 0


class Tally(Wire):
    """What became of the runs of one process (or of all: `all`) that came in within a month.

    `received`: those that ended and those still open. `open` null: no Temporal server told.
    """

    process: str
    received: int = 0
    open: int | None = None
    outcomes: dict[str, int] = Field(default={}, description="of those that ended: how many, by outcome")
    handed_over: int = Field(default=0, description="enquiries that the agents handed over to a person")
    turnaround: Lengths = Field(default=Lengths(), description="from received to closed, of those that ended")
    reviews: Lengths = Field(
        default=Lengths(), description="from opened to decided, by the clock, of reviews that were decided"
    )
    retries: int = Field(default=0, description="attempts at steps after the first")
    fallbacks: int = Field(default=0, description="how often another agent took a step over")
    failure_reviews: int = Field(default=0, description="how often a person was asked because of a step that failed")
    model_requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Field(default=Decimal(0), description="of the requests whose price is known, in the currency")
    price_unknown: int = Field(default=0, description="requests whose price nobody knows: not in `cost`")


class OfAMonth(Wire):
    """What every report on a month says first. `currency` is that of the costs.

    `wanted_currency`: CURRENCY, where no rate for it is set and costs are in dollars therefore.
    """

    month: str
    begin: datetime
    end: datetime
    currency: str
    per_dollar: Decimal
    wanted_currency: str = ""
    unreadable: list[str] = Field(default=[], description="archived records that cannot be read: none of them counts")


class MonthReport(OfAMonth):
    """`report --json`: a month's runs, by process and all together."""

    processes: list[Tally]
    all: Tally
    shadows: Tally = Field(default=Tally(process="shadow"), description="shadows that ended: counted nowhere else here")
