"""A seed gives one plan: who writes what, what each reviewer thinks, and where workers come to harm."""

from datetime import UTC, datetime

from baton.contracts.review import Review, ReviewChoice
from bench.chaos_parts.opinions import Opinions
from bench.chaos_parts.shop import Shop


def a_review(revision: int = 1) -> Review:
    """A review with a reply to approve."""
    subject = {"actions": [], "reply": {"to": "t@customer.example", "subject": "Re: My order", "body": "Done."}}
    return Review(
        review_id="resolution",
        kind="resolution",
        title="Approve",
        summary="",
        subject=subject,
        subject_schema={},
        subject_digest="d",
        revision=revision,
        choices=[ReviewChoice(id=each, label=each) for each in ("approve", "edit", "request_changes", "reject")],
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        due_at=datetime(2026, 11, 25, tzinfo=UTC),
    )


def test_the_same_seed_has_the_same_opinion_of_the_same_review_however_often_it_is_asked() -> None:
    first, again = Opinions(7, mischief=True), Opinions(7, mischief=True)
    assert first.on("INQ-1", a_review()) == again.on("INQ-1", a_review()) == first.on("INQ-1", a_review())


def test_reviewers_differ_and_come_to_an_end() -> None:
    opinions = Opinions(7, mischief=False)
    early = {opinions.on(f"INQ-{number}", a_review()).decision.choice for number in range(100)}
    late = {opinions.on(f"INQ-{number}", a_review(revision=3)).decision.choice for number in range(100)}
    assert early == {"approve", "edit", "request_changes", "reject"}
    assert late == {"approve", "edit", "reject"}


def test_every_customer_has_an_order_of_their_own_save_those_who_share_one() -> None:
    shop = Shop(26, seed=1)
    senders = [case.message.from_address for case in shop.cases]
    assert len(set(senders)) == 24
    assert senders[11] == senders[12]
    assert len(set(shop.orders)) == len(shop.orders)
