"""What an agent knows: the rules behind reading, choosing, proposing and judging. Pure; no I/O, nothing of Temporal.

`agent`, `Write` and `last_look` are for agents of one's own: docs/adding-an-agent.md.
"""

from baton.contracts.last_look import last_look
from baton.contracts.tools.write import Write

from .marking import agent

__all__ = ["Write", "agent", "last_look"]
