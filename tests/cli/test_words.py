"""Every way in which an enquiry can end has its words."""

from typing import get_args

from baton.cli.presenting import words
from baton.contracts.enquiry import Outcome


def test_each_outcome_has_words() -> None:
    assert set(get_args(Outcome)) == set(words.OUTCOMES)
