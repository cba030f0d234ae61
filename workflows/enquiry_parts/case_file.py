"""What a run has found out about one enquiry, and the names of the facts that hold it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from baton.contracts.enquiry import (
    CustomerMatch,
    DoneAction,
    Hints,
    NotAnEnquiry,
    OrderChoice,
    PolicyPassages,
    Products,
    Reading,
    Sender,
)
from baton.contracts.orders import Action, ChangeItems, Customer, ExchangeItems, Order
from baton.contracts.setback import Setback

Reads = dict[str, str | Sequence[str]]


def numbered(step: str, which: int | str) -> str:
    """The stable key of a step that may come again: `read_enquiry`, then `read_enquiry/2`."""
    return step if which in ("", 1) else f"{step}/{which}"


@dataclass
class CaseFile:
    """An enquiry as it is understood so far. The facts themselves stand in the run's state."""

    said: Reads
    reading: Reading = field(default_factory=lambda: Reading(requests=[], hints=Hints(), confidence=0))
    match: CustomerMatch = field(
        default_factory=lambda: CustomerMatch(
            outcome="nobody", matched_by="", sender=Sender(status="unverified", reason="nobody was looked for")
        )
    )
    policy: PolicyPassages | None = None
    orders: dict[str, Order] = field(default_factory=dict)
    choice: OrderChoice | None = None
    products: Products | None = None
    reading_fact: str = ""
    match_fact: str = ""
    policy_fact: str = ""
    order_facts: dict[str, str] = field(default_factory=dict)
    choice_fact: str = ""
    products_fact: str = ""
    missing: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    changes_requested: int = 0
    setbacks: list[Setback] = field(default_factory=list)
    news: list[str] = field(default_factory=list)
    hand_over_because: str = ""
    revision: int = 0
    approved_digest: str = ""
    done: list[DoneAction] = field(default_factory=list)
    reply_sent: bool = False
    goes_on: bool = False
    reply_message_id: str | None = None

    @property
    def dismissed(self) -> NotAnEnquiry | None:
        """Why nothing is to be done here; None where there is."""
        return None if self.goes_on else self.reading.not_an_enquiry

    @property
    def customer(self) -> Customer:
        """The identified customer; only asked for where there is one."""
        if self.match.customer is None:
            raise LookupError("nobody was identified")
        return self.match.customer

    def customer_json(self) -> JsonValue:
        """The identified customer as JSON, or null."""
        return self.match.customer.model_dump(mode="json") if self.match.customer else None

    def all_facts(self) -> Reads:
        """What a proposal rests on: every fact of the latest reading, each by its name."""
        reads = {
            **self.said,
            "reading": self.reading_fact,
            "match": self.match_fact,
            "policy": self.policy_fact,
            "orders": list(self.order_facts.values()),
        }
        if self.choice_fact:
            reads["choice"] = self.choice_fact
        return reads

    def facts_to_check(self, *, trusted: bool) -> Reads:
        """The orders, for the policy check; what was written, where its sender may hear nothing else."""
        return {"orders": list(self.order_facts.values()), **({} if trusted else self.said)}

    def products_json(self) -> JsonValue:
        """The products that were looked up."""
        return [product.model_dump(mode="json") for product in self.products.products] if self.products else []

    def variants_of(self, action: Action) -> JsonValue:
        """The variants that an action gives, as they were when it was proposed."""
        wanted = [swap.new_item_id for swap in action.swaps] if isinstance(action, ExchangeItems | ChangeItems) else []
        every = [
            variant for product in (self.products.products if self.products else []) for variant in product.variants
        ]
        return [variant.model_dump(mode="json") for variant in every if variant.item_id in wanted]

    def source_of(self, step: str) -> str:
        """The key under which a step's latest result stands in the record."""
        latest = {
            "read_enquiry": self.reading_fact,
            "find_customer": self.match_fact,
            "look_up_policy": self.policy_fact,
            "choose_orders": self.choice_fact,
            "look_up_products": self.products_fact,
            **{f"check_orders/{order_id}": fact for order_id, fact in self.order_facts.items()},
        }
        return latest.get(step) or step

    def take_feedback(self, comment: str) -> None:
        """A reviewer asks for another proposal."""
        self.changes_requested += 1
        self.feedback.append(comment)
        self.news = []
        self.hear()

    def hear(self) -> None:
        """Somebody spoke: what a person did without before may be proposed again."""
        self.setbacks = [each.model_copy(update={"heard": True}) for each in self.setbacks]

    def take_setbacks(self, setbacks: Sequence[Setback], *more: str) -> None:
        """What could not be done as approved: told to every later proposal, and shown to the next reviewer."""
        self.setbacks += setbacks
        self.news = [*(each.text for each in setbacks), *more]

    def setbacks_json(self, *more: Setback) -> list[JsonValue]:
        """What became of earlier proposals, as the next one is told of it."""
        return [each.model_dump(mode="json", exclude_defaults=True) for each in (*self.setbacks, *more)]

    def done_json(self) -> JsonValue:
        """The actions of this run that the order system confirmed."""
        return [each.model_dump(mode="json") for each in self.done]

    def done_already(self) -> list[str]:
        """What earlier revisions did, a line each, for whoever decides on the next."""
        lines = [f"done already: {each.statement or self.named(each.action)}" for each in self.done]
        return [*lines, "a reply went out already"] if self.reply_sent else lines

    def named(self, action: Action) -> str:
        """An action as people are told of it."""
        return f"{action.action_id} ({action.kind} on {action.order_id})"

    def step_of(self, action: Action) -> str:
        """The key of the step that carries out an action of the latest approval."""
        return f"{action.kind}/{action.action_id}/{self.revision}"

    def approved_fact(self) -> str:
        """The name of the fact that holds what was approved last."""
        return f"approved/{self.revision}"

    def summary(self) -> str:
        """One line for the CRM: what was asked and what was done."""
        asked = ", ".join(dict.fromkeys(request.kind.replace("_", " ") for request in self.reading.requests))
        acted = ", ".join(f"{each.action.kind.replace('_', ' ')} on {each.action.order_id}" for each in self.done)
        return f"asked: {asked or 'other'}; done: {acted or 'nothing changed, replied'}"
