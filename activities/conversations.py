"""What was said so far, for whoever takes the next turn: asked of the run itself, each piece once, checked by digest.

The run has every piece in its own history, once. Handed along with each turn they would make that grow with the square
of the turns; in files, only workers on the same machine would find them. A query costs the history nothing.
"""

from collections import OrderedDict
from datetime import timedelta

from temporalio import activity
from temporalio.client import WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError

from baton.contracts import names
from baton.contracts.conversation import Utterance
from baton.contracts.systems import Unavailable

LONGEST_LOOK = timedelta(seconds=15)

MOST_KNOWN = 1_000
"""Pieces that one worker remembers, of all conversations: those it has, it does not ask for again."""


class Conversations:
    """Conversations that this worker took part in lately."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Utterance] = OrderedDict()

    async def up_to(self, last: str, turn: str = "") -> list[Utterance]:
        """All pieces up to this one, the first one first. Raises Unavailable where the run cannot be asked now.

        Where the run does not know this one, all that it says now before the `turn` of that key: code that was deployed
        since may word a task, or what it gives, otherwise.
        """
        found: list[Utterance] = []
        wanted = last
        while wanted:
            if wanted not in self._known and await self._learn(wanted) != wanted:
                found, wanted, turn = [], await self._learn(turn) if turn else "", ""
                if not wanted:
                    raise Unavailable("the run does not know what was said so far, yet")
            self._known.move_to_end(wanted)
            found.append(self._known[wanted])
            wanted = found[-1].before
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found[::-1]

    async def _learn(self, wanted: str) -> str:
        """The digest of the newest piece that the run gives; empty where it knows none."""
        pieces = await _asked(wanted)
        self._known.update((each.digest, each) for each in pieces)
        return pieces[0].digest if pieces else ""


async def _asked(last: str) -> list[Utterance]:
    """The pieces up to this one, the newest first, as many as fit into an answer."""
    info = activity.info()
    run = activity.client().get_workflow_handle(info.workflow_id or "", run_id=info.workflow_run_id)
    try:
        found: list[Utterance] = await run.query(
            names.QUERY_UTTERANCES, last, result_type=list[Utterance], rpc_timeout=LONGEST_LOOK
        )
    except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as failure:
        raise Unavailable(f"the run could not be asked what was said so far: {type(failure).__name__}") from None
    return found
