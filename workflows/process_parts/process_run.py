"""The run of a process of one's own: its facts are the results of its steps."""

from datetime import datetime

from baton.contracts.process import ProcessStart, ProcessState
from workflows.run_state import Run


class ProcessRun(Run):
    """What one run of a process knows, and what happened to it."""

    noun = "process"
    start: ProcessStart
    state: ProcessState

    def __init__(self, start: ProcessStart) -> None:
        super().__init__(start)
        self.process = start.run_id.partition("/")[0]

    @property
    def business_id(self) -> str:
        """The process, and what this run of it is about."""
        return self.start.run_id

    @property
    def received_at(self) -> datetime:
        """When it was handed in."""
        return self.start.received_at
