"""What a process of one's own is written with: docs/writing-a-process.md."""

from baton.contracts.agents import Capability
from baton.contracts.names import TAKE_TURN
from baton.contracts.outcome import ProcessResult
from baton.contracts.process import ProcessStart
from workflows.process import Process
from workflows.process_parts.approvals import NotApproved
from workflows.step import StepSkipped
from workflows.together import both, together

__all__ = [
    "TAKE_TURN",
    "Capability",
    "NotApproved",
    "Process",
    "ProcessResult",
    "ProcessStart",
    "StepSkipped",
    "both",
    "together",
]
