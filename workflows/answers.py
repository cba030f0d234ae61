"""Answers to queries that stay small whatever a run knows.

Temporal refuses one above 2 MiB, and one above 4 MiB that goes out with a task ends the run: asking must harm nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel

from baton.contracts.conversation import Utterance
from baton.contracts.record import Fact, RunRecord, StepStatus
from baton.contracts.review import Review
from baton.contracts.sizes import MOST_ANSWERED, LeftOut

MOST_STEPS_SHOWN = 1_000
LONGEST_DETAIL = 300

_FROM_PEOPLE = ("Message", "CustomerReply")
_SETTLED = ("done", "skipped")

Line = TypeVar("Line", bound=BaseModel)


def few_utterances(uttered: Mapping[str, Utterance], last: str) -> list[Utterance]:
    """The pieces of a conversation up to this one, the newest first: one, and as many more as there is room for."""
    found: list[Utterance] = []
    room = MOST_ANSWERED
    while last in uttered:
        piece = uttered[last]
        room -= _size(piece)
        if found and room < 0:
            break
        found.append(piece)
        last = piece.before
    return found


def small_steps(steps: Sequence[StepStatus]) -> list[StepStatus]:
    """The latest steps and every one that is not settled, each in few words."""
    early = [step for step in steps[:-MOST_STEPS_SHOWN] if step.state not in _SETTLED]
    return [
        step.model_copy(update={"title": step.title[:LONGEST_DETAIL], "detail": step.detail[:LONGEST_DETAIL]})
        for step in (*early, *steps[-MOST_STEPS_SHOWN:])
    ]


def small_reviews(reviews: Sequence[Review], most: int = MOST_ANSWERED) -> list[Review]:
    """Reviews in their order: the open ones and the latest of the others, whole while there is room, else bare."""
    if sum(map(_size, reviews)) <= most:
        return list(reviews)
    waiting = [review for review in reviews if review.status == "open"]
    answered = [review for review in reviews if review.status != "open"]
    kept = list(_while_room((bare(review) for review in (*waiting, *reversed(answered))), most // 2))
    shown = {(review.review_id, review.revision): review for review in kept}
    room = most - sum(map(_size, kept))
    for review in (*waiting, *reversed(answered)):
        key = (review.review_id, review.revision)
        more = _size(review) - _size(shown[key]) if key in shown else room + 1
        if more <= room:
            room -= more
            shown[key] = review
    return [shown[key] for review in reviews if (key := (review.review_id, review.revision)) in shown]


def bare(review: Review) -> Review:
    """A review without what makes it large; its digest still says what it was about."""
    decision = review.decision.model_copy(update={"value": None, "comment": ""}) if review.decision else None
    body: dict[str, object] = {
        "subject": None,
        "subject_schema": {},
        "evidence": [],
        "notes": [],
        "choices": [],
        "decision": decision,
    }
    words = {"title": review.title[:LONGEST_DETAIL], "summary": review.summary[:LONGEST_DETAIL]}
    return review.model_copy(update={**body, **words, "left_out": LeftOut.of(review.subject)})


def small_record(record: RunRecord, most: int = MOST_ANSWERED) -> RunRecord:
    """The record less as much as it takes: reviews' bodies, then large values, long words, and the oldest lines."""
    for less in (_bare_reviews, _without_large_values, _with_few_words, _with_the_latest):
        over = _size(record) - most
        if over <= 0:
            break
        record = less(record, over, most)
    return record


def _bare_reviews(record: RunRecord, over: int, most: int) -> RunRecord:
    return record.model_copy(update={"reviews": [bare(review) for review in record.reviews]})


def _without_large_values(record: RunRecord, over: int, most: int) -> RunRecord:
    """The largest first; what the customer wrote last."""
    sizes = {fact.name: _size(fact) for fact in record.facts}
    less: dict[str, Fact] = {}
    for fact in sorted(record.facts, key=lambda each: (each.type in _FROM_PEOPLE, -sizes[each.name])):
        if over <= 0:
            break
        without = fact.model_copy(update={"value": None, "left_out": LeftOut.of(fact.value)})
        if _size(without) < sizes[fact.name]:
            over -= sizes[fact.name] - _size(without)
            less[fact.name] = without
    return record.model_copy(update={"facts": [less.get(fact.name, fact) for fact in record.facts]})


def _with_few_words(record: RunRecord, over: int, most: int) -> RunRecord:
    lines = [line.model_copy(update={"text": line.text[:LONGEST_DETAIL]}) for line in record.record]
    return record.model_copy(update={"record": lines})


def _with_the_latest(record: RunRecord, over: int, most: int) -> RunRecord:
    """Of a run of thousands of steps, its end."""
    whole: tuple[Sequence[BaseModel], ...] = (record.facts, record.record, record.reviews)
    facts, lines, reviews = (list(_while_room(reversed(each), most // 4))[::-1] for each in whole)
    oldest = sum(map(len, whole)) - len(facts) - len(lines) - len(reviews)
    return record.model_copy(update={"facts": facts, "record": lines, "reviews": reviews, "oldest_left_out": oldest})


def _while_room(lines: Iterable[Line], room: int) -> Iterable[Line]:
    for line in lines:
        room -= _size(line)
        if room < 0:
            return
        yield line


def _size(model: BaseModel) -> int:
    return len(model.model_dump_json().encode())
