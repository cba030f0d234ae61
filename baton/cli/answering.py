"""What an answer to a review needs before it may be sent, the same for every command that gives one."""

from pydantic import JsonValue

from baton.cli.deciding import offered, read_value
from baton.cli.editing import edited
from baton.cli.problems import NoWorker, Problem
from baton.cli.seen import SeenReview
from baton.contracts.review import Review, ReviewChoice
from baton.contracts.wire import digest_of


def chosen(review: Review | SeenReview, wanted: str | None) -> ReviewChoice:
    """The answer that was named; `approve` where none was and the review offers it. Raises Problem.

    Nothing else is ever taken for granted: an unfinished draft went out when the first choice offered was.
    """
    if wanted is not None:
        return offered(review, wanted)
    approve = review.choice("approve")
    if approve is None:
        offers = ", ".join(choice.id for choice in review.choices)
        raise Problem(f"This review cannot simply be approved. Name the answer with --choice: {offers}.")
    return approve


def value_for(
    review: Review | SeenReview, choice: ReviewChoice, *, value: str | None, comment: str, editor: bool = False
) -> JsonValue:
    """The value that goes with this answer, None where it takes none. Raises Problem for whatever is missing.

    `value` is as it was given to --value; with `editor` an edit without one is made in the person's own editor.
    """
    if choice.needs == "comment" and not comment.strip():
        raise Problem(f'{choice.id} needs --comment "…": it says what to change.')
    if choice.needs != "value":
        if value is not None:
            raise Problem(f"{choice.id} takes no --value.")
        return None
    if value is None and isinstance(review, SeenReview):
        raise NoWorker(f"Nothing was sent: no worker shows the review now, so {choice.id} needs --value FILE (JSON).")
    if value is None:
        if choice.id == "edit" and editor and isinstance(review, Review):
            return edited(review.subject)
        raise Problem(
            f"{choice.id} needs --value FILE (JSON). `review --json` shows the schema and the subject to start from."
        )
    given = read_value(value, choice)
    if choice.id == "edit" and digest_of(given) == review.subject_digest:
        instead = " `approve` sends it as it is." if review.choice("approve") else " Complete it first."
        raise Problem(f"{value if len(value) < 60 else 'The value'} changes nothing in the subject.{instead}")
    return given
