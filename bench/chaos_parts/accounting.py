"""What each enquiry says of itself at the end, asked as any client asks."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from baton.cli.runs import Runs
from baton.contracts.enquiry import EnquiryResult
from baton.contracts.review import Review
from demo.shop_file import OrderDoc

from .counting import Account
from .customers import AGAIN_AFTER_S
from .memory import Memory
from .reviewers import SILENT, is_unknown
from .shop import Case

_ANSWERS_WITHIN_S = 30.0
_AT_A_TIME = 8


@dataclass(frozen=True)
class Books:
    """Every account, and how many reviews asked what became of an effect that nobody could tell of."""

    accounts: Sequence[Account]
    ambiguous: int


async def books_of(cases: Sequence[Case], runs: Runs, memory: Memory, orders: dict[str, OrderDoc]) -> Books:
    """The accounts of these enquiries; `orders` as they were before anybody wrote."""
    desk = asyncio.Semaphore(_AT_A_TIME)

    async def told_by(case: Case) -> tuple[list[Review], EnquiryResult | None]:
        async with desk:
            return await _told(case.enquiry_id, runs)

    told = await asyncio.gather(*map(told_by, cases))
    return Books(
        accounts=[_account(case.enquiry_id, memory, orders, *each) for case, each in zip(cases, told, strict=True)],
        ambiguous=sum(is_unknown(review) for reviews, _ in told for review in reviews),
    )


async def _told(enquiry_id: str, runs: Runs) -> tuple[list[Review], EnquiryResult | None]:
    """What a run says when it is asked; again for a while, for a worker that is just up may not answer at once."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            while True:
                try:
                    return await _said(enquiry_id, runs)
                except SILENT:
                    await asyncio.sleep(AGAIN_AFTER_S)
    return [], None


async def _said(enquiry_id: str, runs: Runs) -> tuple[list[Review], EnquiryResult | None]:
    reviews = await runs.reviews(enquiry_id)
    if (await runs.line(enquiry_id)).state != "completed":
        return reviews, None
    run = runs.client.get_workflow_handle(runs.handle(enquiry_id).id, result_type=EnquiryResult)
    return reviews, await run.result()


def _account(
    enquiry_id: str,
    memory: Memory,
    orders: dict[str, OrderDoc],
    reviews: list[Review],
    result: EnquiryResult | None,
) -> Account:
    now_open = [review for review in reviews if review.status == "open"]
    approvals = memory.approvals(reviews)
    deeds = [deed for each in approvals for deed in each.deeds] if memory.had_it_taken_back(reviews) else []
    undone = [(deed, deed.put_back(orders[deed.order_id])) for deed in deeds]
    return Account(
        enquiry_id=enquiry_id,
        outcome=result.outcome if result else "",
        waits_for="; ".join(map(_asked, now_open)),
        says_done=len(result.actions_done) if result else 0,
        in_doubt=len(result.in_doubt) if result else 0,
        approvals=approvals,
        taken_back=tuple((deed, back) for deed, back in undone if back is not None),
    )


def _asked(review: Review) -> str:
    """What a person is asked, and of a step that failed its last cause."""
    causes = review.subject.get("causes") if isinstance(review.subject, dict) else None
    return f"{review.title} ({causes[-1]})" if isinstance(causes, list) and causes else review.title
