"""How an enquiry is named at the command line."""

import pytest

from baton.cli.ids import business_id, enquiry_id, run_id
from baton.cli.problems import Problem


@pytest.mark.parametrize("given", ["INQ-1042", "enquiry/INQ-1042", " INQ-1042 "])
def test_an_id_is_taken_bare_and_as_the_temporal_ui_shows_it(given: str) -> None:
    assert enquiry_id(given) == "INQ-1042"


@pytest.mark.parametrize("given", ["", "a b", "../../etc/passwd", "x" * 65, "-x", "INQ-1'042"])
def test_what_cannot_be_an_id_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(Problem, match="not an enquiry id"):
        enquiry_id(given)


def test_a_run_of_a_process_of_ones_own_is_named_with_its_process() -> None:
    assert business_id(" returns/RET-7 ") == run_id("returns/RET-7") == "returns/RET-7"
    assert (business_id("goal/GOAL-7"), business_id("enquiry/INQ-1"), run_id("log/INQ-1")) == (
        "GOAL-7",
        "INQ-1",
        "log/INQ-1",
    )
    with pytest.raises(Problem, match="not an enquiry id"):
        enquiry_id("returns/RET-7")


@pytest.mark.parametrize("given", ["returns/", "/RET-7", "returns/../x", "Returns/RET-7", "returns/a/b", "log/INQ-1"])
def test_what_names_no_such_run_is_refused_in_one_line(given: str) -> None:
    with pytest.raises(Problem):
        business_id(given)
