"""Which message the demo takes, and which earlier run it goes on with."""

from pathlib import Path

from baton.cli.demo_enquiries import DemoDiary, next_message, to_go_on_with
from baton.cli.shapes import RunLine
from baton.settings import Settings


def open_run(enquiry_id: str, waiting_on: str) -> RunLine:
    return RunLine(enquiry_id=enquiry_id, state="running", waiting_on=waiting_on)


def test_a_run_that_waits_for_its_review_is_shown_before_one_that_waits_for_its_customer() -> None:
    runs = [open_run("customer", "customer"), open_run("review", "review")]
    shown = to_go_on_with(runs, by_itself=False)
    assert shown is not None
    assert shown.enquiry_id == "review"


def test_by_itself_the_demo_does_not_stop_at_a_customer_for_ever() -> None:
    assert to_go_on_with([open_run("customer", "customer")], by_itself=True) is None
    assert to_go_on_with([open_run("customer", "customer")], by_itself=False) is not None


def test_the_demo_takes_its_messages_in_turn_and_says_when_all_were_used(tmp_path: Path) -> None:
    diary = DemoDiary(Settings(_env_file=None, state_dir=tmp_path))
    taken = []
    for number in range(3):
        file, used = next_message(diary)
        assert not used
        taken.append(file.name)
        diary.note(f"INQ-demo-{number}", file.name)
    assert len(set(taken)) == 3
    again, used = next_message(diary)
    assert (again.name, used) == (taken[0], True)
