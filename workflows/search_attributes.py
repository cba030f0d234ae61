"""What lists and filters see of a run. Nothing personal stands here: lists are not encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeUpdate

from baton.contracts import names
from baton.contracts.record import WaitingFor
from baton.contracts.review import Review
from baton.temporal.search_attributes import ASSIGNEES, DUE, PRIORITY, STAGE, WAITING_ON

URGENT, RAISED, NORMAL = 1, 2, 3
PAUSED = "paused"


def priority_of(reviews: Sequence[Review]) -> int:
    """1 when a failure waits, 2 when a risky review waits, else 3."""
    if any(review.kind == "failure" for review in reviews):
        return URGENT
    return RAISED if any(review.risk == "high" for review in reviews) else NORMAL


@dataclass(frozen=True)
class Shown:
    """What lists show of a run; as it stands here, what the starter wrote."""

    stage: str = "starting"
    waiting_on: str = "nothing"
    review_ids: tuple[str, ...] = ()
    due: datetime | None = None
    assignees: tuple[str, ...] = ()
    priority: int | None = None

    @classmethod
    def of(cls, stage: str, waiting: WaitingFor, reviews: Sequence[Review]) -> "Shown":
        """What they should show of a run in that stage, which waits so, with these reviews open."""
        return cls(
            stage=stage,
            waiting_on=waiting.what,
            review_ids=tuple(waiting.review_ids),
            due=waiting.due_at,
            assignees=tuple(sorted({person for review in reviews for person in review.assignees})),
            priority=priority_of(reviews),
        )

    def is_on_its_way(self, before: "Shown | None") -> bool:
        """Whether the run only came to its next stage, and did not stop or end there: nothing that anybody acts on."""
        return (
            before is not None
            and PAUSED not in (self.stage, before.stage)
            and not self.stage.startswith("ended")
            and replace(self, stage=before.stage, priority=before.priority) == before
        )

    def updates(self, before: "Shown | None", *, known: Sequence[str]) -> list[SearchAttributeUpdate[Any]]:
        """The stage, and what else differs from before (None: nobody knows what they say): each costs the server.

        One that the server lacks is left out: it would hang the run.
        """
        mine, theirs = self._values(), before._values() if before else {}
        changed = [name for name in mine if name == names.SA_STAGE or before is None or mine[name] != theirs[name]]
        return [mine[name] for name in changed if name in known]

    def _values(self) -> dict[str, SearchAttributeUpdate[Any]]:
        people = list(self.assignees)
        return {
            names.SA_STAGE: STAGE.value_set(self.stage),
            names.SA_WAITING_ON: WAITING_ON.value_set(self.waiting_on),
            names.SA_ASSIGNEES: ASSIGNEES.value_set(people) if people else ASSIGNEES.value_unset(),
            names.SA_DUE: DUE.value_set(self.due) if self.due else DUE.value_unset(),
            names.SA_PRIORITY: PRIORITY.value_set(self.priority) if self.priority else PRIORITY.value_unset(),
        }
