"""What a person saw of an enquiry's reviews last: with it an answer can be given while no worker tells them.

It lies in the state directory, `seen/<enquiry id>.json`: ids, revisions, digests and choices, nothing of the subject.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from baton.cli.problems import NoWorker, Problem
from baton.contracts.review import Review, ReviewChoice, ReviewKind
from baton.contracts.wire import Wire


class SeenReview(Wire):
    """What an answer must name of the review that it answers."""

    review_id: str
    revision: int
    subject_digest: str
    kind: ReviewKind
    created_at: datetime
    choices: list[ReviewChoice]

    def choice(self, wanted: str) -> ReviewChoice | None:
        """The choice of that id, None when this review did not offer it."""
        return next((choice for choice in self.choices if choice.id == wanted), None)


class SeenReviews(Wire):
    """The open reviews of one enquiry that were shown last."""

    enquiry_id: str
    reviews: list[SeenReview]


def remember(state_dir: Path, enquiry_id: str, reviews: Sequence[Review]) -> None:
    """Keep what was shown, whole: an answer is bound to it. Where that cannot be written, a person is asked again."""
    seen = SeenReviews(
        enquiry_id=enquiry_id,
        reviews=[
            SeenReview.model_validate({name: getattr(review, name) for name in SeenReview.model_fields})
            for review in reviews
            if review.status == "open"
        ],
    )
    file = _file(state_dir, enquiry_id)
    text = seen.model_dump_json(indent=1) + "\n"
    try:
        if file.is_file() and file.read_text(encoding="utf-8") == text:
            return
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_name(f"{file.name}.{os.getpid()}.new")  # another command may write at the same time
        beside.write_text(text, encoding="utf-8")
        beside.replace(file)
    except OSError:
        return


def what_was_seen(state_dir: Path, enquiry_id: str, review_id: str) -> SeenReview | None:
    """This review as a person saw it here last, None when nobody did."""
    try:
        seen = SeenReviews.model_validate_json(_file(state_dir, enquiry_id).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return next((review for review in seen.reviews if review.review_id == review_id), None)


def seen_last(state_dir: Path, enquiry_id: str, wanted: str | None) -> SeenReview:
    """The review to answer as it was seen last: the one named, else the only one. Raises NoWorker, Problem."""
    try:
        seen = SeenReviews.model_validate_json(_file(state_dir, enquiry_id).read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        raise _nothing_sent(f"the review of {enquiry_id} was never looked at here, so there is nothing to bind an "
                            "answer to") from None  # fmt: skip
    found = [review for review in seen.reviews if wanted in (None, review.review_id)]
    if not found:
        named = f"no review {wanted!r} was" if wanted else "no review was"
        raise _nothing_sent(f"{named} open when {enquiry_id} was looked at last")
    if len(found) > 1:
        ids = ", ".join(review.review_id for review in found)
        raise Problem(f"Nothing was sent: {enquiry_id} had {len(found)} open reviews. Name one with --review: {ids}.")
    return found[0]


def _nothing_sent(why: str) -> NoWorker:
    return NoWorker(f"Nothing was sent: no worker is answering, and {why}. Start one with: uv run starter.py up")


def _file(state_dir: Path, enquiry_id: str) -> Path:
    return state_dir / "seen" / f"{enquiry_id}.json"
