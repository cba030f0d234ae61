"""A customer enquiry, from the words that came in to the outcome: what each agent takes and gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from .mail import Message, OutgoingMail
from .orders import Action, Customer, Order, Product, Variant
from .setback import Setback
from .systems import CrmEntry
from .wire import JsonObject, MaskedText, Wire, digest_of

EnquiryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

SIGNATURE = "Kind regards\nCustomer service"

IntentKind = Literal[
    "order_status",
    "cancel",
    "return",
    "exchange",
    "change_address",
    "change_items",
    "change_payment",
    "product_question",
    "other",
]


# ── read_enquiry ─────────────────────────────────────────────────────────────────────────────────────────────────────


class CustomerReply(Wire):
    """What a customer answered to our question."""

    reply_id: str
    message: Message


class ReadEnquiry(Wire):
    """The message to read, with the answers that the customer gave since."""

    message: Message
    replies: list[CustomerReply] = []


class Request(Wire):
    """One thing that a customer asks for. `words` is the part of the message that asks it, quoted text left out."""

    kind: IntentKind
    words: str
    order_ids: list[str] = Field(
        default=[], description="order numbers named for this request, as the customer wrote them"
    )
    items: list[str] = Field(default=[], description="item names as the customer wrote them")
    context: str = Field(default="", description="sentences around it that ask nothing themselves")
    doubts: list[str] = Field(default=[], description="what in the words a rule cannot decide, e.g. a condition")
    confidence: float = Field(ge=0, le=1)


class Hints(Wire):
    """What the message says of who writes; nothing here is proof."""

    customer_ids: list[str] = []
    emails: list[str] = []
    names: list[str] = []
    postcodes: list[str] = []


class NotAnEnquiry(Wire):
    """Why a message needs no answer."""

    kind: Literal["automatic", "bulk", "bounce", "thanks", "closed"]
    reason: str


class Reading(Wire):
    """What a message says: its requests kept apart, and who seems to write."""

    requests: list[Request]
    hints: Hints
    order_numbers: list[str] = []
    not_an_enquiry: NotAnEnquiry | None = None
    confidence: float = Field(ge=0, le=1)
    language: str = "en"
    warnings: list[str] = Field(default=[], description="what in the words tries to steer whoever reads them")


# ── find_customer ────────────────────────────────────────────────────────────────────────────────────────────────────


class FindCustomer(Wire):
    """Hints from the text and the address that the message came from."""

    reading: Reading
    message: Message
    replies: list[CustomerReply] = []
    trust: Literal["verified", "named"] = "verified"


class Sender(Wire):
    """Whether the sender's address is on the identified customer's file. Identified is not verified."""

    status: Literal["verified", "unverified"]
    reason: str


class CustomerMatch(Wire):
    """Who writes: exactly one customer, nobody, or several (then nothing of theirs is carried)."""

    outcome: Literal["one", "nobody", "several"]
    customer: Customer | None = None
    matched_by: str = Field(description="e.g. 'email', 'name and postcode'")
    sender: Sender
    source: str = Field(default="order system", description="the system that knew the customer")


# ── look_up_policy ───────────────────────────────────────────────────────────────────────────────────────────────────


class LookUpPolicy(Wire):
    """What the message asks for decides which passages apply."""

    reading: Reading


class Passage(Wire):
    """One passage of the shop's policy, word for word."""

    title: str
    text: str


class PolicyPassages(Wire):
    """The passages that apply, and the version of the policy they are from."""

    passages: list[Passage]
    source: str
    version: str


# ── ask_customer ─────────────────────────────────────────────────────────────────────────────────────────────────────


class AskCustomer(Wire):
    """What is missing, and how to ask. `fixed`: a text without any customer or order fact."""

    message: Message
    replies: list[CustomerReply] = []
    reading: Reading
    match: CustomerMatch
    missing: list[str] = []
    round: int = 1
    fixed: bool = False
    feedback: list[str] = []
    signature: str = SIGNATURE


class Question(Wire):
    """One clear question to the sender. `mail` is None when there is nobody to ask (a machine, or no address)."""

    mail: OutgoingMail | None
    asks_for: list[str]
    reason: str = ""
    warnings: list[str] = Field(default=[], description="what in the mail comes from no fact")


# ── check_orders, choose_orders, look_up_products ────────────────────────────────────────────────────────────────────


class CheckOrder(Wire):
    """One order of the identified customer; another customer's order is refused."""

    order_id: str
    customer_id: str


class ChooseOrders(Wire):
    """The requests, and all orders of the customer that could be read."""

    reading: Reading
    customer: Customer
    orders: list[Order]
    unread_order_ids: list[str] = []


class Chosen(Wire):
    """The order that a request is about, and why. `order_ids` empty: none fits, or several do (`why` says which)."""

    request: int = Field(ge=0, description="index in Reading.requests")
    order_ids: list[str] = []
    item_ids: list[str] = []
    why: str


class OrderChoice(Wire):
    """For each request its order; what to ask when that is not clear; and the products to look up."""

    chosen: list[Chosen]
    missing: list[str] = Field(default=[], description="what to ask the customer; empty when there is enough to act on")
    product_ids: list[str] = []


class LookUpProducts(Wire):
    """Products to look up, at most 20."""

    product_ids: list[str] = Field(max_length=20)


class Products(Wire):
    """The products looked up."""

    products: list[Product]


# ── propose_resolution, check_policy ─────────────────────────────────────────────────────────────────────────────────


class DoneAction(Wire):
    """An action of this run that the order system confirmed."""

    action: Action
    reference: str
    statement: str = Field(description="what a reply may say of it")


class ProposeResolution(Wire):
    """Everything known at this hand-off, and nothing else."""

    message: Message
    replies: list[CustomerReply] = []
    reading: Reading
    match: CustomerMatch
    orders: list[Order] = []
    choice: OrderChoice | None = None
    products: list[Product] = []
    policy: PolicyPassages
    trust: Literal["verified", "named"] = "verified"
    done: list[DoneAction] = []
    feedback: list[str] = Field(default=[], description="what reviewers said since")
    setbacks: list[Setback] | None = Field(
        default=None, description="what became of earlier proposals; None in an older run, whose feedback has that too"
    )
    revision: int = 1
    signature: str = SIGNATURE
    hand_over_because: str = Field(default="", description="set when a person is to take over: nothing is proposed")


class Evidence(Wire):
    """One fact that a proposal rests on, with the step it comes from."""

    label: str
    value: str
    source: str = Field(description="the key of the step that gave it, e.g. 'check_orders/#W1001'")


class Refused(Wire):
    """Something asked for that will not be done, and the rule that says so."""

    request: int
    rule: str
    explanation: str


class Resolution(Wire):
    """What would be done and sent: the very thing a person approves, and the thing its digest is made from."""

    actions: list[Action] = []
    reply: OutgoingMail | None = None


class Proposal(Wire):
    """A resolution with what it rests on. `unsure` not empty: a hand-over, actions empty, the reply a skeleton."""

    resolution: Resolution
    evidence: list[Evidence] = []
    refused: list[Refused] = []
    unsure: list[str] = []
    remarks: list[str] = Field(default=[], description="what the reviewer should know, e.g. a wish not followed")
    by: str = Field(default="rules", description="who proposed: rules, or a model's name")
    warnings: list[str] = Field(default=[], description="what the policy check found in it that comes from no fact")


class Answered(Wire):
    """What a drafted reply answers, and how the shop signs. `trusted`: the sender may hear what is on file."""

    from_address: str | None = None
    subject: str = ""
    signature: str = SIGNATURE
    trusted: bool = True


class CheckPolicy(Wire):
    """A resolution to judge against the rules of today and the orders as they are known.

    `edited`: a person wrote it, so its reply has to be finished. `message` and `replies` are there where the sender may
    hear only what they themselves wrote.
    """

    resolution: Resolution
    edited: bool = False
    customer: Customer | None = None
    orders: list[Order] = []
    products: list[Product] = []
    sender: Sender | None = None
    done: list[DoneAction] = []
    answers: Answered | None = None
    message: Message | None = None
    replies: list[CustomerReply] = []


class Judgement(Wire):
    """The policy's word on one action."""

    action_id: str
    allowed: bool
    rule: str
    explanation: str = ""


class PolicyVerdict(Wire):
    """The policy's word on each action of a resolution."""

    judgements: list[Judgement]
    version: str
    warnings: list[str] = Field(
        default=[], description="what in the draft comes from no fact, and what in the systems' data tries to steer us"
    )

    @property
    def breaches(self) -> list[Judgement]:
        """What the policy forbids."""
        return [judgement for judgement in self.judgements if not judgement.allowed]


# ── acting, sending, logging ─────────────────────────────────────────────────────────────────────────────────────────


class NotWhatWasApproved(ValueError):
    """What arrived at an activity is not what a person approved."""


class Approved(Wire):
    """What a person approved, whole and as it was written, with the digest that they saw."""

    subject: JsonObject = Field(description="a Resolution, kept as JSON: a newer model must not change its digest")
    subject_digest: str
    key: str = Field(description="business id / action id / approved revision / round")
    earlier_keys: list[str] = Field(default=[], description="keys of earlier rounds: looked up before anything is done")
    unknown_keys: list[str] = Field(
        default=[], description="keys of which nobody can tell what they did: nothing is done before that is settled"
    )
    only_look: bool = Field(default=False, description="say whether it was done, and do nothing")

    def resolution(self) -> Resolution:
        """The approved resolution; raises NotWhatWasApproved when its digest is another."""
        if digest_of(self.subject) != self.subject_digest:
            raise NotWhatWasApproved("what is to be done differs from what was approved")
        return Resolution.model_validate(self.subject)


class PerformAction(Approved):
    """One approved action. `basis` is the order as the reviewer saw it."""

    action_id: str
    basis: Order
    variants: list[Variant] = Field(default=[], description="the new variants as the reviewer saw them")


class ActionResult(Wire):
    """Done, with the system's confirmation; or changed: the order is not what was approved, and nothing was done."""

    outcome: Literal["done", "changed"]
    action_id: str
    order: Order
    reference: str = ""
    statement: str = ""
    changes: list[str] = Field(default=[], description="old and new, a line each, when changed")


class SendReply(Approved):
    """The approved reply, word for word."""


class SendQuestion(Wire):
    """The approved (or fixed) question, word for word."""

    subject: JsonObject = Field(description="an OutgoingMail, kept as JSON")
    subject_digest: str
    key: str
    earlier_keys: list[str] = []
    unknown_keys: list[str] = []
    only_look: bool = False

    def mail(self) -> OutgoingMail:
        """The approved question; raises NotWhatWasApproved when its digest is another."""
        if digest_of(self.subject) != self.subject_digest:
            raise NotWhatWasApproved("the question differs from what was approved")
        return OutgoingMail.model_validate(self.subject)


class ReplySent(Wire):
    """The mail server took the mail over."""

    message_id: str
    statement: str = "sent"


class LogOutcome(Wire):
    """The entry for the customer's history in the CRM."""

    entry: CrmEntry
    key: str
    earlier_keys: list[str] = []
    unknown_keys: list[str] = []
    only_look: bool = False


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Enquiry(Wire):
    """A customer enquiry as it arrives."""

    enquiry_id: EnquiryId
    message: Message
    received_at: datetime


class EnquiryOptions(Wire):
    """How the shop wants its enquiries handled; fixed for a run when it starts."""

    ask_customer: Literal["review", "auto"] = "review"
    trust: Literal["verified", "named"] = "verified"
    question_rounds: int = Field(default=2, ge=0, le=5)
    reply_deadline_hours: float = Field(default=72, gt=0, le=8760)
    review_due_hours: float = Field(default=24, gt=0, le=8760)
    signature: str = SIGNATURE


Outcome = Literal[
    "answered", "done_without_reply", "rejected", "handled_outside", "not_an_enquiry", "aborted", "cancelled"
]


class EnquiryResult(Wire):
    """How an enquiry ended."""

    enquiry_id: str
    outcome: Outcome
    summary: MaskedText
    actions_done: list[str] = []
    in_doubt: list[str] = Field(default=[], description="keys of effects of which nobody could tell what they did")
    reply_message_id: str | None = None
    log_entry: str | None = None
