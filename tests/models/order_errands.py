"""A process for the tests whose one step is an agent that may change orders of one customer."""

from pydantic import BaseModel
from temporalio import workflow

from baton.contracts.tools.orders import AddressChanged, OrderCancelled
from baton.processes import TAKE_TURN, Capability, Process, ProcessResult, ProcessStart

TOOLS = (
    Capability("cancel_order_by_number", OrderCancelled),
    Capability("change_address_of_order", AddressChanged),
)


class OrderErrand(BaseModel):
    """What is wanted, and for whom."""

    question: str
    customer_id: str


class Said(BaseModel):
    """What came of it."""

    words: str


@workflow.defn(name="process/order-errands")
class OrderErrandsWorkflow(Process[OrderErrand]):
    """Change what a customer wants changed."""

    uses = (TAKE_TURN, *TOOLS)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.change)

    async def change(self, errand: OrderErrand) -> str:
        """The one step."""
        bound = {"customer_id": errand.customer_id}
        given = {"question": errand.question}
        said = await self.think("errand", "Do what is asked.", given, Said, tools=TOOLS, bound=bound)
        return said.words
