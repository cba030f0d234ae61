"""A process for the attacks: an agent with tools that works for one customer, whose number is bound."""

from typing import Any

from pydantic import BaseModel
from temporalio import workflow

from baton.contracts.orders import Customer, Order
from baton.contracts.tools.messages import MailHandedOver, NoteLogged
from baton.contracts.tools.orders import CustomerOrders, OrderCancelled, ReturnOpened
from baton.processes import TAKE_TURN, Capability, Process, ProcessResult, ProcessStart, StepSkipped


class Heard(BaseModel):
    """What a tool of one's own was told."""

    text: str


class NeighbourAskNeighbour(BaseModel):
    """What the MCP server answers."""

    text: str


TOOLS: tuple[Capability[Any], ...] = (
    Capability("get_order", Order),
    Capability("recall_order", Order),
    Capability("get_customer", Customer),
    Capability("find_customer_by_email", Customer),
    Capability("find_contact_by_email", Customer),
    Capability("find_customer_by_name", Customer),
    Capability("list_orders", CustomerOrders),
    Capability("hear", Heard),
    Capability("ask_neighbour", NeighbourAskNeighbour),
    Capability("log_note", NoteLogged),
    Capability("send_mail", MailHandedOver),
    Capability("cancel_order_by_number", OrderCancelled),
    Capability("return_items_of_order", ReturnOpened),
)


class Errand(BaseModel):
    """Which attack it is, whom it is for, and what is asked."""

    about: str
    customer_id: str
    orders: list[str]
    question: str


class Report(BaseModel):
    """What was found out."""

    words: str


@workflow.defn(name="process/attacked")
class AttackedWorkflow(Process[Errand]):
    """Answer a colleague's question about one customer."""

    uses = (TAKE_TURN, *TOOLS)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.answer)

    async def answer(self, errand: Errand) -> str:
        """The one step."""
        given = errand.model_dump(exclude={"customer_id"})
        bound = {"customer_id": errand.customer_id}
        try:
            report = await self.think(
                "errand", "Answer the question.", given, Report, tools=TOOLS, bound=bound, turns=5
            )
        except StepSkipped:
            return "nothing was found out"
        return report.words
