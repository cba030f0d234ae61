"""A process for the tests: it adds up in parallel, waits, has the sum approved, sends it, and adds one more."""

from datetime import timedelta

from pydantic import BaseModel, Field, model_validator
from temporalio import workflow

from baton.processes import Capability, Process, ProcessResult, ProcessStart, StepSkipped, both, together
from tests.workflows.goals.tools import Number, Sent

ADD = Capability("add", Number)
SEND = Capability("send", Sent)


class Batch(BaseModel):
    """What is added up."""

    values: list[int]
    wait_s: float = 0
    same_key: bool = False


class Total(BaseModel):
    """What is sent. An odd one cannot be: no JSON schema says so."""

    value: int = Field(ge=0)

    @model_validator(mode="after")
    def even(self) -> "Total":
        """Raises ValueError."""
        if self.value % 2:
            raise ValueError("it is odd")
        return self


@workflow.defn(name="process/batch")
class BatchWorkflow(Process[Batch]):
    """Add up, have it approved, send it."""

    uses = (ADD, SEND)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.add_up)

    async def add_up(self, batch: Batch) -> str:
        """The steps."""
        added = await together(
            *(
                self.step(ADD, {"value": each}, key=None if batch.same_key else f"add/{number}")
                for number, each in enumerate(batch.values, 1)
            )
        )
        if batch.wait_s:
            await self.wait("rest", timedelta(seconds=batch.wait_s), "Let it rest")
        wanted = await self.approve("total", Total(value=sum(each.value for each in added)), title="Send the total")
        self.stage("sending")
        try:
            sent = await self.step(SEND, wanted)
        except StepSkipped:
            return "not sent"
        last = await self.step(ADD, wanted, key="last")
        return f"{sent.reference}, {last.value}"


@workflow.defn(name="process/hasty")
class HastyWorkflow(Process[Batch]):
    """Send while a person is asked whether to go on."""

    uses = (SEND,)

    @workflow.run
    async def run(self, start: ProcessStart) -> ProcessResult:
        """How it ended."""
        return await self.carry_out(self.send)

    async def send(self, batch: Batch) -> str:
        """The steps."""
        await both(self.approve("go", Total(value=0), title="Go on"), self.step(SEND, {"value": batch.values[0]}))
        return "sent"
