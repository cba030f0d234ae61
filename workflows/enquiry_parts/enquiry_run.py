"""The run of an enquiry: beside reviews it waits for the customer."""

from datetime import datetime

from temporalio import workflow

from baton.contracts import names
from baton.contracts.record import EnquiryStart, WaitingFor
from workflows.run_state import Run

WAITING_FOR_THE_CUSTOMER = "waiting for the customer"


class EnquiryRun(Run):
    """What one enquiry knows, and what happened to it."""

    process = names.PROCESS_ENQUIRY
    noun = "enquiry"
    start: EnquiryStart

    @property
    def business_id(self) -> str:
        """The enquiry's id."""
        return self.start.enquiry.enquiry_id

    @property
    def received_at(self) -> datetime:
        """When the message came in."""
        return self.start.enquiry.received_at

    def reply_facts(self) -> list[str]:
        """The names of the facts that hold what the customer wrote since, in order of arrival."""
        return [f"customer_reply/{number}" for number in range(1, len(self.state.replies) + 1)]

    def stop_waiting(self, why: str) -> None:
        """Nobody waits for the customer any more."""
        for step in self.steps():
            if step.state == "waiting" and step.step in self.state.deadlines:
                self.note("closed", why, step=step.step, title=step.title)

    def other_wait(self) -> WaitingFor:
        """The customer's answer."""
        if self.state.stage != WAITING_FOR_THE_CUSTOMER:
            return WaitingFor()
        due_at = max(self.state.deadlines.values(), default=None)
        return WaitingFor(what="customer", due_at=due_at, overdue=bool(due_at and due_at <= workflow.now()))

    def words_of_other_wait(self, waiting: WaitingFor, due: str) -> list[str]:
        """How an answer is handed in."""
        if waiting.what != "customer":
            return []
        asked = f"The customer was asked for an answer{due}. To hand it in:"
        return ["", asked, "", f'`uv run starter.py reply {self.business_id} --text "…"`']
