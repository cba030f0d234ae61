"""One case through a team, the way the process hands it on, up to where a person would be asked."""

import time
from pathlib import Path
from typing import Literal

from baton.agents import matching, policy
from baton.contracts.enquiry import (
    Answered,
    CheckPolicy,
    ChooseOrders,
    FindCustomer,
    LookUpPolicy,
    OrderChoice,
    Proposal,
    ProposeResolution,
    ReadEnquiry,
)
from baton.contracts.mail import Message
from baton.contracts.orders import Action, Order
from baton.contracts.wire import Wire

from .cases import Case
from .order_file import OrderFile
from .teams import Spent, Team

POLICY = Path(policy.__file__).with_name("policy.md")

End = Literal["proposed", "explained", "asked", "handed over", "dismissed", "failed"]
"""Where a case came to: actions to approve, a reply without any, a question, a hand-over, no answer, an error."""


class Course(Wire):
    """What a team made of a case."""

    end: End
    why: str = ""
    customer_id: str | None = None
    order_ids: list[str] = []
    actions: list[Action] = []
    reply: str = ""
    breaches: list[str] = []
    warnings: list[str] = []
    spent: Spent = Spent()
    seconds: float = 0.0


async def course_of(case: Case, team: Team, orders: OrderFile) -> Course:
    """Run it. A team's error is one of its results: it ends this case and no other."""
    began = time.perf_counter()
    try:
        found = await _run(case, team, orders)
    except Exception as error:  # whatever a model's client raises is counted, and the next case tried
        found = Course(end="failed", why=f"{type(error).__name__}: {error}"[:300])
    return found.model_copy(update={"spent": team.spent(), "seconds": time.perf_counter() - began})


async def _run(case: Case, team: Team, system: OrderFile) -> Course:
    message = Message(text=case.message)
    reading = await team.read_enquiry(ReadEnquiry(message=message))
    if reading.not_an_enquiry:
        return Course(end="dismissed", why=reading.not_an_enquiry.reason, warnings=reading.warnings)
    ask = FindCustomer(reading=reading, message=message, trust="named")
    match = matching.match(ask, [(query, system.find(query)) for query in matching.queries(ask)])
    customer = match.customer
    if customer is None:
        return Course(end="asked", why=match.sender.reason, warnings=reading.warnings)
    orders = [system.order(order_id) for order_id in customer.order_ids]
    choice = await team.choose_orders(ChooseOrders(reading=reading, customer=customer, orders=orders))
    known = {"customer_id": customer.customer_id, "order_ids": _chosen(choice, orders)}
    if choice.missing:
        return Course(end="asked", why="; ".join(choice.missing), warnings=reading.warnings, **known)
    products = [system.product(product_id) for product_id in choice.product_ids]
    text = POLICY.read_text(encoding="utf-8")
    proposal = await team.propose_resolution(
        ProposeResolution(
            message=message,
            reading=reading,
            match=match,
            orders=orders,
            choice=choice,
            products=products,
            policy=policy.look_up(LookUpPolicy(reading=reading), text, POLICY.name),
            trust="named",
        )
    )
    verdict = policy.check(
        CheckPolicy(
            resolution=proposal.resolution,
            customer=customer,
            orders=orders,
            products=products,
            sender=match.sender,
            answers=Answered(),
        ),
        policy_text=text,
    )
    reply = proposal.resolution.reply
    return Course(
        end=_end(proposal),
        why="; ".join(proposal.unsure or [each.explanation for each in proposal.refused]),
        actions=proposal.resolution.actions,
        reply=reply.body if reply else "",
        breaches=[f"{each.rule}: {each.explanation}" for each in verdict.breaches],
        warnings=[*reading.warnings, *verdict.warnings],
        **known,
    )


def _chosen(choice: OrderChoice, orders: list[Order]) -> list[str]:
    chosen = {order_id for one in choice.chosen for order_id in one.order_ids}
    return [order.order_id for order in orders if order.order_id in chosen]


def _end(proposal: Proposal) -> End:
    if proposal.unsure:
        return "handed over"
    return "proposed" if proposal.resolution.actions else "explained"
