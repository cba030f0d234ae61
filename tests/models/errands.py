"""A process for the tests whose one step is an agent with tools."""

from datetime import date
from typing import ClassVar, Self

from pydantic import BaseModel, Field, model_validator
from temporalio import workflow

from baton.contracts.orders import Customer, Order
from baton.contracts.tools.messages import NoteLogged
from baton.processes import TAKE_TURN, Capability, Process, ProcessResult, ProcessStart, StepSkipped

from .archive_tool import OldFile

GET_ORDER = Capability("get_order", Order)
GET_CUSTOMER = Capability("get_customer", Customer)
READ_OLD_FILE = Capability("read_old_file", OldFile)
LOG_NOTE = Capability("log_note", NoteLogged)


class Errand(BaseModel):
    """What is to be found out, how much that may take, and what of the tools' inputs is set."""

    question: str
    bound: dict[str, str] = {}
    turns: int = 10
    calls: int | None = None
    cost: float | None = None


class Report(BaseModel):
    """What was found out."""

    words: str = Field(min_length=1)
    due: date | None = None

    @model_validator(mode="after")
    def _soon_has_a_date(self) -> Self:
        if "soon" in self.words and self.due is None:
            raise ValueError(f"say when that is: {self.words}")
        return self


@workflow.defn(name="process/errands")
class ErrandsWorkflow(Process[Errand]):
    """Find something out, and write it down where a person wants that."""

    task: ClassVar[str] = "Answer the question of a colleague."
    uses = (TAKE_TURN, GET_ORDER, GET_CUSTOMER, READ_OLD_FILE, LOG_NOTE)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.find_out)

    async def find_out(self, errand: Errand) -> str:
        """The one step."""
        try:
            report = await self.think(
                "errand",
                self.task,
                {"question": errand.question},
                Report,
                tools=(GET_ORDER, GET_CUSTOMER, READ_OLD_FILE, LOG_NOTE),
                bound=errand.bound,
                turns=errand.turns,
                calls=errand.calls,
                cost=errand.cost,
            )
        except StepSkipped:
            return "nothing was found out"
        return report.words
