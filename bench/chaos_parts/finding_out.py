"""Whether an effect of unknown outcome was carried out, as a careful person finds out: late, and at the system."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from baton.contracts.review import Review

from .counting import Approval
from .effects import Deed, Found, Letter
from .systems import SystemsSeen
from .weather import TOO_SLOW_S

SETTLED_AFTER_S = TOO_SLOW_S + 0.5
"""Longer than any request is under way: before that, what is not there may still come."""


class FindingOut:
    """Looks at the systems, once nothing is under way any more. `still_s`: for how long no worker has been frozen."""

    def __init__(self, systems: SystemsSeen, still_s: Callable[[], float]) -> None:
        self._systems = systems
        self._still_s = still_s

    def may_be_trusted(self, review: Review) -> bool:
        """Whether what the systems show about this review now is the last word."""
        age_s = (datetime.now(UTC) - review.created_at).total_seconds()
        return min(age_s, self._still_s()) > SETTLED_AFTER_S

    async def is_done(self, enquiry_id: str, review: Review, approvals: Sequence[Approval]) -> bool:
        """Whether the system shows what the step was to do."""
        subject = review.subject
        assert isinstance(subject, dict)
        capability = subject["capability"]
        if capability == "log_outcome":
            return any(entry.enquiry_id == enquiry_id for entry in await self._systems.entries())
        if capability in ("send_reply", "send_question"):
            asked = capability == "send_question"
            letters = [each.letter for each in approvals if each.letter and each.question is asked]
            return _there(letters, await self._systems.letters())
        deeds = [deed for each in approvals for deed in each.deeds if json.loads(deed.asked)["kind"] == capability]
        return _there(deeds, await self._systems.deeds())


def _there(approved: Sequence[Deed | Letter], found: Sequence[Found]) -> bool:
    return any(each.effect == approved[-1] for each in found) if approved else False
