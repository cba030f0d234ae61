"""Every name and id that other programs rely on, in one place."""

from . import plan_builtin
from .agents import Capability
from .conversation import Turn
from .critique import Critique
from .enquiry import (
    ActionResult,
    CustomerMatch,
    OrderChoice,
    PolicyPassages,
    PolicyVerdict,
    Products,
    Proposal,
    Question,
    Reading,
    ReplySent,
)
from .goal import PlanChecked
from .orders import ActionKind, Order
from .outcome import ComposedAnswer
from .planning import GoalPlanned
from .record import Archived
from .replanning import Replanned
from .systems import CrmLogged

PROCESS_ENQUIRY = "enquiry"
PROCESS_GOAL = "goal"
PROCESS_LATE_LOG = "log"
PROCESS_PLAN = "plan"
PROCESS_SHADOW = "shadow"
ENQUIRY_WORKFLOW = "EnquiryWorkflow"
GOAL_WORKFLOW = "GoalWorkflow"
LATE_LOG_WORKFLOW = "LateLogWorkflow"
PLANNING_WORKFLOW = "process/plan"
SHADOW_WORKFLOW = "ShadowWorkflow"
LAST_ATTEMPT = "last_attempt"
CALLS_SO_FAR = "calls_so_far"

# Signals and queries of a run.
DECIDE_REVIEW = "decide_review"
ASSIGN_REVIEW = "assign_review"
CUSTOMER_REPLIED = "customer_replied"
PAUSE = "pause"
RESUME = "resume"
ADD_NOTE = "add_note"
CHANGE_GOAL = "change_goal"
QUERY_STATUS = "status"
QUERY_REVIEWS = "reviews"
QUERY_DECISION = "decision"
QUERY_RECORD = "record"
QUERY_UTTERANCES = "utterances"

# Memo of a run: it stays with it, where its start time becomes that of its latest history.
MEMO_RECEIVED = "received_at"

# Search attributes.
SA_PROCESS = "process"
SA_STAGE = "stage"
SA_WAITING_ON = "waiting_on"
SA_ASSIGNEES = "assignees"
SA_DUE = "due"
SA_PRIORITY = "priority"

# Capabilities of the enquiry. The activity's type is the capability's name, so that a history reads.
READ_ENQUIRY = Capability("read_enquiry", Reading)
FIND_CUSTOMER = Capability("find_customer", CustomerMatch)
LOOK_UP_POLICY = Capability("look_up_policy", PolicyPassages)
ASK_CUSTOMER = Capability("ask_customer", Question)
SEND_QUESTION = Capability("send_question", ReplySent)
CHECK_ORDERS = Capability("check_orders", Order)
CHOOSE_ORDERS = Capability("choose_orders", OrderChoice)
LOOK_UP_PRODUCTS = Capability("look_up_products", Products)
PROPOSE_RESOLUTION = Capability("propose_resolution", Proposal)
CHECK_POLICY = Capability("check_policy", PolicyVerdict)
SEND_REPLY = Capability("send_reply", ReplySent)
LOG_OUTCOME = Capability("log_outcome", CrmLogged)
ARCHIVE_RECORD = Capability("archive_record", Archived)

# A second look at a draft, where models are named for it: there is nobody else to take one.
CRITICISE_DRAFT = Capability("criticise_draft_by_model", Critique)

# One turn of an agent with tools: there is nobody to take it but models.
TAKE_TURN = Capability("take_turn_by_model", Turn)

# Capabilities of every goal.
CHECK_PLAN = Capability("check_plan", PlanChecked)
REPLAN = Capability("replan", Replanned)
COMPOSE = Capability(plan_builtin.COMPOSE, ComposedAnswer)

# A plan where rules made none: they were asked before, so there is nobody to make it but models.
PLAN_GOAL = Capability("plan_goal_by_model", GoalPlanned)


def performing(kind: ActionKind) -> Capability[ActionResult]:
    """The capability that carries out one kind of action: its name is the action's."""
    return Capability(kind, ActionResult)


def undoing(undo: str) -> Capability[ActionResult]:
    """The capability that an action's card names as its undo."""
    return Capability(undo, ActionResult)


GOAL_IDS = "GOAL-"
"""What the id of each goal begins with."""


def is_goal(business_id: str) -> bool:
    """Whether a business id is that of a goal."""
    return business_id.startswith(GOAL_IDS)


def workflow_id(business_id: str) -> str:
    """`enquiry/INQ-1042`, `goal/GOAL-7`: readable, and without personal data.

    Of an entry's own run, and of a process of one's own (`returns/RET-7`), its id itself.
    """
    if "/" in business_id:
        return business_id
    return f"{PROCESS_GOAL if is_goal(business_id) else PROCESS_ENQUIRY}/{business_id}"


def late_log_id(enquiry_id: str) -> str:
    """`log/INQ-1042`: the run that an enquiry leaves its entry to; people name it so, too."""
    return f"{PROCESS_LATE_LOG}/{enquiry_id}"


def is_late_log(run_id: str) -> bool:
    """Whether that names an entry's own run: no enquiry id has a slash."""
    return run_id.startswith(f"{PROCESS_LATE_LOG}/")


def shadow_id(enquiry_id: str) -> str:
    """`shadow/INQ-1042`: the run that makes a proposal of its own of an enquiry."""
    return f"{PROCESS_SHADOW}/{enquiry_id}"


def is_process_run(run_id: str) -> bool:
    """Whether that names a run of a process of one's own: `returns/RET-7`."""
    return "/" in run_id and not is_late_log(run_id)


def is_enquiry(run_id: str) -> bool:
    """Whether that names an enquiry: every other run's id begins with what it is."""
    return "/" not in run_id and not is_goal(run_id)


def idempotency_key(business_id: str, action_id: str, revision: int, round_: int) -> str:
    """Business id / action id / approved revision / round: the same for every repeat, new for a person's redo.

    The slash of a process's run is written `:`, so that the business id is what stands before the first slash.
    """
    return f"{business_id.replace('/', ':')}/{action_id}/{revision}/{round_}"
