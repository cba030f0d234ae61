"""How an enquiry is named at the command line."""

import pytest

from baton.cli.ids import enquiry_id
from baton.cli.problems import Problem


@pytest.mark.parametrize("given", ["INQ-1042", "enquiry/INQ-1042", " INQ-1042 "])
def test_an_id_is_taken_bare_and_as_the_temporal_ui_shows_it(given: str) -> None:
    assert enquiry_id(given) == "INQ-1042"


@pytest.mark.parametrize("given", ["", "a b", "../../etc/passwd", "x" * 65, "-x", "INQ-1'042"])
def test_what_cannot_be_an_id_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(Problem, match="not an enquiry id"):
        enquiry_id(given)
