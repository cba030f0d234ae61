"""What the reviewers think: drawn from the seed, the enquiry and the revision alone, so that a seed gives one plan."""

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from pydantic import JsonValue
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from baton.contracts.review import Actor, Decision, Review

Choices = dict[str, float]

_LIKELY: dict[str, Choices] = {
    "resolution": {"approve": 0.74, "edit": 0.12, "request_changes": 0.07, "reject": 0.07},
    "question": {"approve": 0.8, "edit": 0.1, "request_changes": 0.1},
    "hand_over": {"edit": 0.5, "handled_outside": 0.4, "reject": 0.1},
}
_OWN_WORDS = "We looked at this ourselves and will call you tomorrow."
_LEFT_WAITING = 0.25
"""How many of the reviews whose outcome nobody knows are left open, as by an office that has gone home."""


@dataclass(frozen=True)
class Mischief:
    """A signal that must change nothing."""

    name: str
    arguments: list[JsonValue | RawValue]


@dataclass(frozen=True)
class Opinion:
    """How one review is answered, and what is sent beside the answer."""

    decision: Decision
    before: list[Mischief] = field(default_factory=list)
    rival: Decision | None = None
    twice: bool = False


class Opinions:
    """The reviewers' minds."""

    def __init__(self, seed: int, *, mischief: bool) -> None:
        self._seed = seed
        self._mischief = mischief

    def on(self, enquiry_id: str, review: Review, *, enough: bool = False) -> Opinion:
        """What becomes of this revision of a review, whoever looks at it and however often.

        `enough`: everything was taken back before, and nothing more is tried.
        """
        dice = self._dice(enquiry_id, review)
        likely = {"reject": 1.0} if enough else _LIKELY[review.kind]
        offered = {name: often for name, often in likely.items() if review.choice(name)}
        if review.revision > 2 and len(offered) > 1:
            offered.pop("request_changes", None)  # whoever asks for changes for ever never comes to an end
        choice = dice.choices(list(offered), list(offered.values()))[0]
        decision = _decision(dice, review, choice)
        if not self._mischief:
            return Opinion(decision)
        return Opinion(
            decision,
            before=dice.sample(_mischief(dice, review), k=dice.choice((0, 0, 0, 1, 2))),
            rival=_decision(dice, review, "reject") if dice.random() < 0.1 and review.choice("reject") else None,
            twice=dice.random() < 0.2,
        )

    def found_out(self, enquiry_id: str, review: Review, *, done: bool) -> Decision:
        """The answer to a step that failed, by somebody who has looked at the system."""
        dice = self._dice(enquiry_id, review)
        if review.choice("not_done") is not None:
            return _decision(dice, review, "done" if done else "not_done")
        return _decision(dice, review, "undo" if review.choice("undo") else "retry")

    def leaves_waiting(self, enquiry_id: str, review: Review) -> bool:
        """Whether nobody answers this review of an unknown outcome before the trial ends."""
        return self._dice(enquiry_id, review).random() < _LEFT_WAITING

    def _dice(self, enquiry_id: str, review: Review) -> Random:
        return Random(f"{self._seed}/{enquiry_id}/{review.review_id}/{review.revision}")


def _decision(dice: Random, review: Review, choice: str) -> Decision:
    return Decision(
        decision_id=str(UUID(int=dice.getrandbits(128), version=4)),
        review_id=review.review_id,
        revision=review.revision,
        subject_digest=review.subject_digest,
        choice=choice,
        value=_edited(review) if choice == "edit" else None,
        comment="Shorter, please." if choice in ("request_changes", "reject") else "",
        actor=Actor(id=dice.choice(("nomsa", "pieter", "aisha")), authenticated_by="the chaos trial"),
        channel="chaos",
    )


def _edited(review: Review) -> JsonValue:
    """The subject with other words; what the rules were unsure of is answered without doing anything."""
    subject = review.subject
    assert isinstance(subject, dict)
    if review.kind == "question":
        return {**subject, "body": f"{subject['body']}\n\nYou may also call us."}
    reply = subject["reply"]
    if not isinstance(reply, dict):
        return {**subject, "actions": []}
    if review.kind == "hand_over":
        return {"actions": [], "reply": {**reply, "body": _OWN_WORDS}}
    return {**subject, "reply": {**reply, "body": f"{reply['body']}\n\nYou may also call us."}}


def _mischief(dice: Random, review: Review) -> list[Mischief]:
    """Stale, malformed, unknown: everything that a decision can be and must not."""
    approve = _decision(dice, review, "approve")
    stale = approve.model_copy(update={"subject_digest": "0" * 64})
    older = approve.model_copy(update={"revision": review.revision - 1})
    elsewhere = approve.model_copy(update={"review_id": "no such review"})
    return [
        *(Mischief("decide_review", [each.model_dump(mode="json")]) for each in (stale, older, elsewhere)),
        Mischief("decide_review", []),
        Mischief("decide_review", ["approve"]),
        Mischief("decide_review", [{"choice": "approve", "review_id": review.review_id}]),
        Mischief("decide_review", [approve.model_dump(mode="json"), "one too many"]),
        Mischief("decide_review", [_in_another_encoding(approve)]),
        Mischief("approve_everything", [True]),
    ]


def _in_another_encoding(decision: Decision) -> RawValue:
    """A decision that would be good, in an encoding that nobody agreed on."""
    return RawValue(Payload(metadata={"encoding": b"binary/plain"}, data=decision.model_dump_json().encode()))
