"""A team whose answers a test writes: the process alone is on trial, on a real server."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel
from temporalio import activity

from baton.contracts import enquiry as e
from baton.contracts.agents import Card, Effect, Retry, schema_of
from baton.contracts.mail import OutgoingMail
from baton.contracts.orders import CancelOrder, Customer, Order, OrderItem
from baton.contracts.record import Archived, ArchiveRecord, StepAnswer
from baton.contracts.systems import CrmLogged

_schema_of = cache(schema_of)
Answer = BaseModel | Callable[[dict[str, Any]], BaseModel]

CUSTOMER = Customer(
    customer_id="thandi", first_name="Thandi", last_name="M", emails=["t@mail.example"], order_ids=["#1"]
)
ORDER = Order(
    order_id="#1",
    customer_id="thandi",
    status="pending",
    version="1",
    items=[OrderItem(item_id="i1", product_id="p1", name="Kettle", price=Decimal(10))],
)
CANCEL = CancelOrder(action_id="a1", order_id="#1", order_version="1", reason="no longer needed")
REPLY = OutgoingMail(to="t@mail.example", subject="Re: my order", body="It is cancelled.")
READING = e.Reading(
    requests=[e.Request(kind="cancel", words="cancel #1", order_ids=["#1"], confidence=1)],
    hints=e.Hints(emails=["t@mail.example"]),
    confidence=1,
)
FOUND = e.CustomerMatch(
    outcome="one",
    customer=CUSTOMER,
    matched_by="email",
    sender=e.Sender(status="verified", reason="the address is on file"),
)
NOBODY = e.CustomerMatch(
    outcome="nobody", matched_by="", sender=e.Sender(status="unverified", reason="the address is on no file")
)
PROPOSAL = e.Proposal(
    resolution=e.Resolution(actions=[CANCEL], reply=REPLY),
    evidence=[e.Evidence(label="status", value="pending", source="check_orders/#1")],
)


def fine(handed: dict[str, Any]) -> e.PolicyVerdict:
    """The policy allows whatever is proposed."""
    actions = handed["resolution"]["actions"]
    return e.PolicyVerdict(
        judgements=[e.Judgement(action_id=each["action_id"], allowed=True, rule="may be done") for each in actions],
        version="1",
    )


def done(handed: dict[str, Any]) -> e.ActionResult:
    """The order system carries out whatever is approved."""
    return e.ActionResult(outcome="done", action_id=handed["action_id"], order=ORDER, statement="it was done")


USUAL: dict[str, Answer] = {
    "read_enquiry": READING,
    "find_customer": FOUND,
    "find_customer_in_crm": FOUND.model_copy(update={"source": "CRM"}),
    "look_up_policy": e.PolicyPassages(passages=[], source="policy.md", version="1"),
    "ask_customer": e.Question(mail=REPLY, asks_for=["who is writing"]),
    "send_question": e.ReplySent(message_id="<question@shop.example>"),
    "check_orders": ORDER,
    "last_known_order": ORDER,
    "choose_orders": e.OrderChoice(chosen=[e.Chosen(request=0, order_ids=["#1"], why="its number")]),
    "look_up_products": e.Products(products=[]),
    "propose_resolution": PROPOSAL,
    "prepare_hand_over": e.Proposal(resolution=e.Resolution(reply=REPLY), unsure=["proposing failed"]),
    "check_policy": fine,
    "cancel_order": done,
    "change_address": done,
    "undo_change_address": done,
    "send_reply": e.ReplySent(message_id="<reply@shop.example>"),
    "log_outcome": CrmLogged(key="k", entry_id="entry-1"),
    "log_outcome_later": CrmLogged(key="k", entry_id="later"),
    "archive_record": Archived(location="archive/x.jsonl", lines=1),
}

_SHAPES: dict[str, tuple[str, type[BaseModel]]] = {
    "read_enquiry": ("ReadEnquiry", e.Reading),
    "find_customer": ("FindCustomer", e.CustomerMatch),
    "find_customer_in_crm": ("FindCustomer", e.CustomerMatch),
    "look_up_policy": ("LookUpPolicy", e.PolicyPassages),
    "ask_customer": ("AskCustomer", e.Question),
    "send_question": ("SendQuestion", e.ReplySent),
    "check_orders": ("CheckOrder", Order),
    "last_known_order": ("CheckOrder", Order),
    "choose_orders": ("ChooseOrders", e.OrderChoice),
    "look_up_products": ("LookUpProducts", e.Products),
    "propose_resolution": ("ProposeResolution", e.Proposal),
    "prepare_hand_over": ("ProposeResolution", e.Proposal),
    "check_policy": ("CheckPolicy", e.PolicyVerdict),
    "cancel_order": ("PerformAction", e.ActionResult),
    "change_address": ("PerformAction", e.ActionResult),
    "undo_change_address": ("PerformAction", e.ActionResult),
    "send_reply": ("SendReply", e.ReplySent),
    "log_outcome": ("LogOutcome", CrmLogged),
    "log_outcome_later": ("LogOutcome", CrmLogged),
    "archive_record": (ArchiveRecord.__name__, Archived),
}
_FALLBACKS = {
    "find_customer": ["find_customer_in_crm"],
    "check_orders": ["last_known_order"],
    "propose_resolution": ["prepare_hand_over"],
    "log_outcome": ["log_outcome_later"],
}
_OPTIONAL = {
    "cancel_order", "change_address", "undo_change_address", "send_reply", "log_outcome", "archive_record",
    "check_orders",
}  # fmt: skip
_UNDO = {"change_address": "undo_change_address"}
_WRITES: dict[str, Effect] = {
    "cancel_order": "idempotent_write",
    "change_address": "idempotent_write",
    "undo_change_address": "idempotent_write",
    "log_outcome_later": "idempotent_write",
    "send_reply": "irreversible",
    "send_question": "irreversible",
    "log_outcome": "idempotent_write",
}


class Team:
    """Answers every step with what a test says, and remembers what it was handed."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {**USUAL, **answers}
        self.handed: list[tuple[str, dict[str, Any]]] = []

    def asked(self, name: str) -> list[dict[str, Any]]:
        """What one step was handed, attempt by attempt."""
        return [handed for step, handed in self.handed if step == name]

    @property
    def steps(self) -> list[str]:
        """The steps in the order in which they ran."""
        return [step for step, _ in self.handed]

    def cards(self, attempts: int = 2, attempt_s: float = 10) -> list[Card]:
        """Quick cards of the usual shape."""
        return [
            Card(
                name=name,
                agent=f"scripted {name}",
                description=name,
                takes=takes,
                gives=gives.__name__,
                gives_schema=_schema_of(gives),
                effect=_WRITES.get(name, "read"),
                retry=Retry(attempts=attempts, first_delay_s=0.01),
                attempt_s=attempt_s,
                fallbacks=_FALLBACKS.get(name, []),
                optional=name in _OPTIONAL,
                undo=_UNDO.get(name),
                no_undo="" if name in _UNDO else "it cannot be called back",
                settles_unknown=name == "log_outcome_later",
            )
            for name, (takes, gives) in _SHAPES.items()
        ]

    def activities(self) -> list[Callable[..., Any]]:
        """One activity a step."""
        return [self._activity(name) for name in _SHAPES]

    async def answer(self, name: str, handed: dict[str, Any]) -> StepAnswer:
        """The written answer."""
        answer = self.answers[name]
        given = answer(handed) if callable(answer) else answer
        return StepAnswer(
            value=given.model_dump(mode="json"), agent=f"scripted {name}", attempt=activity.info().attempt
        )

    def _activity(self, name: str) -> Callable[..., Any]:
        async def step(handed: dict[str, Any]) -> StepAnswer:
            self.handed.append((name, handed))
            return await self.answer(name, handed)

        return activity.defn(name=name)(step)
