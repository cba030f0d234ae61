"""The commands for people who decide: review, decide and its short forms."""

import asyncio
import sys
from datetime import timedelta
from typing import Annotated

import typer

from baton.cli.answering import chosen, value_for
from baton.cli.console import as_json, interactive, line, note, out
from baton.cli.deciding import decision_for, open_reviews, pick, send, signal_form, signal_line
from baton.cli.ids import run_id
from baton.cli.options import CommentOption, EnquiryArgument, JsonOption, ReviewOption, RevisionOption, ValueOption
from baton.cli.plan_reviews import shown_review
from baton.cli.presenting.message import what_they_wrote
from baton.cli.presenting.review import answers
from baton.cli.problems import WITHIN_S, NoWorker, Problem, not_yet_taken, plainly, promptly
from baton.cli.runs import Runs, open_runs
from baton.cli.seen import SeenReview, remember, seen_last, what_was_seen
from baton.cli.shapes import Decided, Reviews
from baton.contracts import names
from baton.contracts.review import Review, ReviewChoice
from baton.settings import load_settings

_NO_WORKER = "No worker is answering"


@plainly
@promptly
async def review(
    *,
    given: EnquiryArgument,
    wanted: ReviewOption = None,
    as_signal: Annotated[
        bool, typer.Option("--as-signal", help="Print the `temporal workflow signal` line that answers it.")
    ] = False,
    for_ui: Annotated[
        bool, typer.Option("--for-ui", help="Print the JSON that answers it in the Temporal UI's form.")
    ] = False,
    choice: Annotated[
        str | None,
        typer.Option("--choice", help="With these two: the answer. Default: approve, where it is offered."),
    ] = None,
    comment: CommentOption = "",
    value: ValueOption = None,
    full: Annotated[bool, typer.Option("--full", help="The customer's message uncut.")] = False,
    json: JsonOption = False,
) -> None:
    """Show what a person must judge: what would be done and sent, and what it rests on."""
    if not (as_signal or for_ui) and (choice is not None or comment or value is not None):
        raise Problem("`review` only shows. Answer with `decide`, or add --as-signal or --for-ui.")
    enquiry = run_id(given)
    runs = await open_runs(load_settings())
    found = await _read(runs, enquiry)
    if as_signal or for_ui:
        one = pick(found, wanted, enquiry)
        picked = chosen(one, choice)
        answer = value_for(one, picked, value=value, comment=comment)
        channel = "Temporal UI" if for_ui else "temporal command line"
        decision = decision_for(enquiry, one, picked.id, value=answer, comment=comment, channel=channel)
        sys.stdout.write((signal_form(decision) if for_ui else signal_line(runs, enquiry, decision)) + "\n")
        return
    shown = [each for each in found if each.review_id == wanted] if wanted else open_reviews(found) or found[-1:]
    if shown:
        remember(runs.settings.state_dir, enquiry, shown)
    if json:
        as_json(Reviews(enquiry_id=enquiry, reviews=shown))
        return
    if not shown:
        raise Problem(f"{enquiry} has no review{f' {wanted!r}' if wanted else ' yet'}.")
    if any(each.status == "open" for each in shown) and names.is_enquiry(enquiry):
        out.print(what_they_wrote(await runs.message(enquiry), await runs.replies(enquiry), enquiry, full=full))
    for each in shown:
        out.print(await shown_review(runs, each, enquiry))
        if each.status == "open":
            out.print(answers(each, enquiry_id=enquiry))


async def _read(runs: Runs, enquiry: str) -> list[Review]:
    try:
        return await runs.reviews(enquiry)
    except NoWorker:
        raise NoWorker(
            f"{_NO_WORKER}, so the review of {enquiry} cannot be read. Start one with: uv run starter.py up"
        ) from None


@plainly
async def decide(
    *,
    given: EnquiryArgument,
    choice: Annotated[str, typer.Argument(help="One of the choices that the review offers, e.g. approve.")],
    value: ValueOption = None,
    comment: CommentOption = "",
    wanted: ReviewOption = None,
    revision: RevisionOption = None,
    json: JsonOption = False,
) -> None:
    """Answer a review, and tell what became of the answer."""
    await answer_review(given, choice, value=value, comment=comment, wanted=wanted, revision=revision, json=json)


@plainly
async def approve(
    given: EnquiryArgument,
    comment: CommentOption = "",
    wanted: ReviewOption = None,
    revision: RevisionOption = None,
    json: JsonOption = False,
) -> None:
    """Approve: do this, and send this."""
    await answer_review(given, "approve", comment=comment, wanted=wanted, revision=revision, json=json)


@plainly
async def edit(
    *,
    given: EnquiryArgument,
    value: ValueOption = None,
    comment: CommentOption = "",
    wanted: ReviewOption = None,
    revision: RevisionOption = None,
    json: JsonOption = False,
) -> None:
    """Change what would be done or sent, and approve that: with --value, or in your editor."""
    await answer_review(given, "edit", value=value, comment=comment, wanted=wanted, revision=revision, json=json)


@plainly
async def reject(
    given: EnquiryArgument,
    comment: CommentOption = "",
    wanted: ReviewOption = None,
    revision: RevisionOption = None,
    json: JsonOption = False,
) -> None:
    """Reject: no order is changed, no reply is sent."""
    await answer_review(given, "reject", comment=comment, wanted=wanted, revision=revision, json=json)


@plainly
async def request_changes(
    given: EnquiryArgument,
    comment: CommentOption = "",
    wanted: ReviewOption = None,
    revision: RevisionOption = None,
    json: JsonOption = False,
) -> None:
    """Have it proposed again, with your comment as the feedback."""
    await answer_review(given, "request_changes", comment=comment, wanted=wanted, revision=revision, json=json)


async def answer_review(
    given: str,
    choice: str,
    *,
    value: str | None = None,
    comment: str = "",
    wanted: str | None = None,
    revision: int | None = None,
    json: bool = False,
) -> None:
    """Read the review, send the answer, and say what became of it: exit code 1 when refused, 3 when not taken yet."""
    enquiry = run_id(given)
    clock = asyncio.get_running_loop()
    async with asyncio.timeout(WITHIN_S) as limit:
        runs = await open_runs(load_settings())
        one = await _to_answer(runs, enquiry, wanted)
        if isinstance(one, Review) and not _was_seen(runs, enquiry, one, revision):
            limit.reschedule(None)  # a person reads it now
            out.print(await shown_review(runs, one, enquiry))
            remember(runs.settings.state_dir, enquiry, [one])
            typer.confirm(f"{choice.replace('_', ' ').capitalize()}?", abort=True)
            limit.reschedule(clock.time() + WITHIN_S)
        picked = chosen(one, choice)
        answer = value_for(one, picked, value=value, comment=comment, editor=interactive())
        if picked.id == "edit" and value is None:
            limit.reschedule(clock.time() + WITHIN_S)  # nobody hurries a person in an editor
        decision = decision_for(enquiry, one, picked.id, value=answer, comment=comment)
        became = await send(runs, enquiry, decision)
    report(became, picked, json=json)
    if isinstance(one, Review) and one.paused_since:
        note(f"{enquiry} is paused: it acts on that once it goes on (uv run starter.py resume {enquiry}).")


async def _to_answer(runs: Runs, enquiry: str, wanted: str | None) -> Review | SeenReview:
    """The review as it is now; with no worker to tell it, as it was seen last: its digest keeps the answer honest."""
    try:
        return pick(await runs.reviews(enquiry, within=timedelta(seconds=2.5)), wanted, enquiry)
    except NoWorker:
        return seen_last(runs.settings.state_dir, enquiry, wanted)


def _was_seen(runs: Runs, enquiry: str, one: Review, revision: int | None) -> bool:
    """Whether a person saw what they answer. Raises Problem where it changed since, or where nobody can be asked."""
    look = f"uv run starter.py review {enquiry}"
    seen = what_was_seen(runs.settings.state_dir, enquiry, one.review_id)
    if revision is not None and revision != one.revision:
        raise Problem(f"Nothing was sent: revision {one.revision} is open, not {revision}. Look at it: {look}")
    if revision is None and seen and (seen.revision, seen.subject_digest) != (one.revision, one.subject_digest):
        raise Problem(
            f"Nothing was sent: it changed since you looked (revision {seen.revision}, now {one.revision}). "
            f"Look again: {look}"
        )
    if revision is not None or seen:
        return True
    if not interactive():
        raise Problem(f"Nothing was sent: nobody has looked at it here. Look first: {look} (or name its --revision)")
    return False


def report(became: Decided, picked: ReviewChoice, *, json: bool = False) -> None:
    """One line on what became of a decision."""
    if json:
        as_json(became)
    if became.status == "refused":
        raise Problem(f"Refused: {became.reason}.")
    if became.status == "not_yet_taken":
        raise not_yet_taken("it is safe to repeat")
    if not json:
        line(f"Accepted: {picked.label} ({became.enquiry_id}).", style="ok")
