"""What lists and filters see of a run. Nothing personal stands here: lists are not encrypted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeUpdate

from baton.contracts import names
from baton.contracts.record import WaitingFor
from baton.contracts.review import Review
from baton.temporal.search_attributes import ASSIGNEES, DUE, PRIORITY, STAGE, WAITING_ON

URGENT, RAISED, NORMAL = 1, 2, 3


def priority_of(reviews: Sequence[Review]) -> int:
    """1 when a failure waits, 2 when a risky review waits, else 3."""
    if any(review.kind == "failure" for review in reviews):
        return URGENT
    return RAISED if any(review.risk == "high" for review in reviews) else NORMAL


def update_for(
    stage: str, waiting: WaitingFor, assignees: Sequence[str], reviews: Sequence[Review], *, known: Sequence[str]
) -> list[SearchAttributeUpdate[Any]]:
    """The updates for what a run waits for. One that the server lacks is left out: it would hang the run."""
    due: datetime | None = waiting.due_at
    every: dict[str, SearchAttributeUpdate[Any]] = {
        names.SA_STAGE: STAGE.value_set(stage),
        names.SA_WAITING_ON: WAITING_ON.value_set(waiting.what),
        names.SA_ASSIGNEES: ASSIGNEES.value_set(list(assignees)) if assignees else ASSIGNEES.value_unset(),
        names.SA_DUE: DUE.value_set(due) if due else DUE.value_unset(),
        names.SA_PRIORITY: PRIORITY.value_set(priority_of(reviews)),
    }
    return [update for name, update in every.items() if name in known]
