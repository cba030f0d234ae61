"""Every way in which an enquiry can end has its words."""

from typing import get_args

from baton.cli.presenting import words
from baton.contracts.enquiry import Outcome
from baton.contracts.outcome import GoalOutcome


def test_each_outcome_has_words() -> None:
    assert {*get_args(Outcome), *get_args(GoalOutcome)} == set(words.OUTCOMES)
