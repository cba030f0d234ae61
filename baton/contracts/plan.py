"""A plan: which capability does what, with which inputs, after what. Proved before it runs, carried by the run."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from .agents import Card
from .types import Parts
from .wire import Wire

EACH = "each"
"""In the inputs of a step with `for_each`: the item at hand, `{"from": "each"}` or `{"from": "each.order_id"}`."""

MOST_STEPS = 200
MOST_AT_ONCE = 20
LONGEST_S = 20 * 365 * 86_400
"""Twenty years: a time above what a clock counts would fail the workflow task again and again."""

STEP_ID = r"^[a-z][a-z0-9_]{0,59}$"
PATH = r"^[a-z][a-z0-9_]{0,59}(\.[A-Za-z_][A-Za-z0-9_]{0,59}){0,9}$"


class Strict(Wire):
    """Read from files and from models: a field that is not known is a mistake, not something newer."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, populate_by_name=True)


class Reference(Strict):
    """The result of a step, or a part of it: `{"from": "find_order.customer_id"}`."""

    source: str = Field(alias="from", pattern=PATH)

    @property
    def step(self) -> str:
        """The id of the step, or `each`."""
        return self.source.partition(".")[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The fields within its result."""
        return tuple(self.source.split(".")[1:])


Input = Annotated[Reference | JsonValue, Field(union_mode="left_to_right")]
"""A literal, or where to take it from."""

Op = Literal["==", "!=", "<", "<=", ">", ">=", "in", "contains", "is_null", "not_null", "empty", "not_empty"]


class Condition(Strict):
    """Something that must hold of a result: `{"fact": "check.total", "op": ">", "value": 1000}`."""

    fact: str = Field(pattern=PATH, description="step, then fields; in `done_when` fields of the step's own result")
    op: Op
    value: JsonValue = None


class PlanStep(Strict):
    """One step of a plan.

    It starts when all steps that it takes something from, all in `needs` and all that `when` speaks of are done.
    """

    id: str = Field(pattern=STEP_ID)
    intent: str = Field(default="", max_length=500, description="what it is for, in words")
    capability: str = Field(min_length=1, max_length=100)
    inputs: dict[str, Input] = {}
    needs: list[str] = Field(default=[], description="ids of further steps that must be done before")
    for_each: Reference | None = Field(default=None, description="a list: the step is done once for each of its items")
    when: list[Condition] = Field(default=[], description="all must hold, else the step is skipped")
    optional: bool = Field(default=False, description="the goal can be reached without it")
    review: bool = Field(default=False, description="a person sees its inputs and approves before it starts")
    done_when: list[Condition] = Field(default=[], description="all must hold of its result, else it counts as failed")
    timeout_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, description="longest wait for its result, seconds"
    )


class Budget(Strict):
    """What a goal may use up: None is without a limit.

    `cost` is in the installation's currency: what cards say of their calls, and what requests to models were paid.
    """

    steps: int | None = Field(default=None, ge=1)
    calls: int | None = Field(default=None, ge=1)
    cost: Decimal | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, gt=0, le=LONGEST_S)


class Plan(Strict):
    """Steps that together reach a goal."""

    goal: str = Field(min_length=1, max_length=2000)
    wanted: list[str] = Field(default=[], description="types of the facts that the goal asks for: `Order`")
    budget: Budget = Budget()
    at_once: int = Field(default=MOST_AT_ONCE, ge=1, description="most steps at the same time")
    steps: list[PlanStep] = Field(min_length=1)


class Need(Wire):
    """One input of a capability."""

    type: str
    required: bool = True
    description: str = ""


class PlanCard(Card):
    """The card of a capability that plans may use: beside what the ladder needs, what planning does."""

    inputs: dict[str, Need] = Field(default={}, description="facts needed, by the input's name")
    parts: Parts = Field(default={}, description="what the types of its result are made of")
    named: dict[str, str] = Field(
        default={}, description="named plain types in its inputs and result: their plain type"
    )
    cost: Decimal = Field(default=Decimal(0), description="of a call, in the installation's currency")
    typical_s: float = Field(default=1.0, gt=0, description="how long a call usually takes, seconds")
    source: str = Field(default="built in", description="where it comes from: built in, a module, an MCP server")

    @property
    def writes(self) -> bool:
        """Whether it changes anything outside."""
        return self.effect in ("idempotent_write", "irreversible")


FaultKind = Literal[
    "malformed",
    "too_large",
    "duplicate_id",
    "unknown_capability",
    "not_granted",
    "unknown_step",
    "unknown_path",
    "not_an_ancestor",
    "cycle",
    "missing_input",
    "unknown_input",
    "wrong_type",
    "not_a_list",
    "ungated_write",
    "not_produced",
    "over_budget",
]


class PlanFault(Wire):
    """One thing that is wrong with a plan: where, what, and what to do about it."""

    kind: FaultKind
    place: str = Field(description="`steps/refund/inputs/order_id`, or empty for the plan as a whole")
    message: str
    hint: str = ""


class Health(Wire):
    """How a capability did of late, as a worker counted it."""

    capability: str
    tried: int = 0
    succeeded: int = 0
    last_failure: str = ""
    last_failure_at: datetime | None = None
