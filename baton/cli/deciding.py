"""A person's answer at the command line: bound to the review that was read, sent, and followed until it is taken."""

import asyncio
import getpass
import json
import os
import shlex
import sys
import uuid
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from baton.cli.console import json_of
from baton.cli.problems import NoWorker, Problem
from baton.cli.runs import Runs
from baton.cli.seen import SeenReview
from baton.cli.shapes import Decided
from baton.contracts import names
from baton.contracts.review import Actor, Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_SIGNALLED
from baton.contracts.wire import canonical_json

FOLLOWED_S = 4.0
"""How long to ask what became of a decision before saying that nobody took it yet."""
_MOST = f"an answer may have {MOST_SIGNALLED // 1000} KB, all in all"


def open_reviews(reviews: list[Review]) -> list[Review]:
    """Those that wait for an answer."""
    return [review for review in reviews if review.status == "open"]


def pick(reviews: list[Review], wanted: str | None, enquiry_id: str) -> Review:
    """The review to answer: the one named, else the only one open. Raises Problem."""
    waiting = open_reviews(reviews)
    if wanted is not None:
        named = [review for review in waiting if review.review_id == wanted]
        if named:
            return named[-1]
        known = [review for review in reviews if review.review_id == wanted]
        if known:
            by = f" by {known[-1].decision.actor.id}" if known[-1].decision else ""
            raise Problem(f"The review {wanted} of {enquiry_id} is {known[-1].status}{by} already.")
        raise Problem(f"{enquiry_id} has no review {wanted!r}. Open now: {_ids(waiting) or 'none'}.")
    if not waiting:
        raise Problem(f"{enquiry_id} waits for no review now. `uv run starter.py status {enquiry_id}` shows why.")
    if len(waiting) > 1:
        raise Problem(f"{enquiry_id} has {len(waiting)} open reviews. Name one with --review: {_ids(waiting)}.")
    return waiting[0]


def _ids(reviews: list[Review]) -> str:
    return ", ".join(review.review_id for review in reviews)


def offered(review: Review | SeenReview, choice: str) -> ReviewChoice:
    """The way to answer of that name. Raises Problem with those that there are."""
    found = review.choice(choice.replace("-", "_"))
    if found is None:
        raise Problem(f"This review cannot be answered by {choice!r}. It offers: {_choices(review)}.")
    return found


def _choices(review: Review | SeenReview) -> str:
    return ", ".join(choice.id for choice in review.choices)


def read_value(given: str, choice: ReviewChoice) -> JsonValue:
    """The value in a file, on standard input (`-`), or in the argument itself. Raises Problem."""
    text, name = given, "--value"
    if given == "-":
        text, name = sys.stdin.read(), "standard input"
    elif not given.lstrip().startswith(("{", "[", '"')) and _is_file(given):
        name = given
        try:
            text = Path(given).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise Problem(
                f"{given} cannot be read: {getattr(problem, 'strerror', None) or 'it is not text'}."
            ) from None
    if len(text.encode()) > 2 * MOST_SIGNALLED:  # with room for spaces, which are not sent
        raise Problem(f"{name} is too large: {_MOST}.")
    try:
        value: JsonValue = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        if (choice.value_schema or {}).get("type") == "string" and name == "--value":
            return text
        raise Problem(f"{name} is neither JSON nor a file that is there.") from None
    return value


def _is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except OSError:
        return False


def user_name() -> str:
    """Who sits at this machine; 'unknown' where the system has no name for the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid {os.getuid()}"


def decision_for(
    enquiry_id: str,
    review: Review | SeenReview,
    choice: str,
    *,
    value: JsonValue = None,
    comment: str = "",
    channel: str = "command line",
) -> Decision:
    """The answer, bound to what was read. Given again to the same revision it has the same id: a repeat is harmless.

    Raises Problem when it is larger than a run reads: it would be refused unread.
    """
    actor = Actor(id=user_name(), authenticated_by=f"{channel} user")
    same = canonical_json([
        enquiry_id, review.review_id, review.revision, review.subject_digest, review.created_at.isoformat(),
        choice, value, comment, channel, actor.id,
    ])  # fmt: skip
    decision = Decision(
        decision_id=str(uuid.uuid5(uuid.NAMESPACE_URL, same)),
        review_id=review.review_id,
        revision=review.revision,
        subject_digest=review.subject_digest,
        choice=choice,
        value=value,
        comment=comment,
        actor=actor,
        channel=channel,
    )
    size = len(decision.model_dump_json().encode())
    if size > MOST_SIGNALLED:
        raise Problem(f"Nothing was sent: the answer has {size // 1000} KB; {_MOST}.")
    return decision


async def send(runs: Runs, enquiry_id: str, decision: Decision) -> Decided:
    """Signal the decision and follow it: accepted, refused with the reason, or not yet taken by any worker."""
    await runs.signal(enquiry_id, names.DECIDE_REVIEW, decision)
    status: Literal["accepted", "refused", "not_yet_taken"] = "not_yet_taken"
    reason = "no worker is answering"
    try:
        async with asyncio.timeout(FOLLOWED_S):
            while True:
                became = await runs.decision(enquiry_id, decision.decision_id)
                if became.status != "unknown":
                    status, reason = became.status, became.reason
                    break
                await asyncio.sleep(0.1)
    except (NoWorker, TimeoutError):
        pass
    return Decided(
        enquiry_id=enquiry_id,
        decision_id=decision.decision_id,
        review_id=decision.review_id,
        status=status,
        reason=reason if status != "accepted" else "",
    )


def signal_line(runs: Runs, enquiry_id: str, decision: Decision) -> str:
    """The `temporal workflow signal` command that sends this decision: one line, quoted for a shell."""
    words = [
        *("temporal", "workflow", "signal"),
        *("--address", runs.client.service_client.config.target_host),
        *("--namespace", runs.client.namespace),
        *("--workflow-id", names.workflow_id(enquiry_id)),
        *("--name", names.DECIDE_REVIEW),
        *("--input", json_of(decision, exclude_defaults=True)),
    ]
    return shlex.join(words)


def signal_form(decision: Decision) -> str:
    """The same decision as JSON in lines, as the Temporal UI's form for a signal takes it."""
    return json_of(decision, exclude_defaults=True, indent=2)
