"""How a run is named at the command line: `INQ-1042`, or `enquiry/INQ-1042` as the Temporal UI shows it.

A goal is `GOAL-7`, or `goal/GOAL-7`. A run of a process of one's own has both names together: `returns/RET-7`.
"""

from pydantic import TypeAdapter, ValidationError

from baton.cli.problems import Problem
from baton.contracts.enquiry import EnquiryId
from baton.contracts.names import PROCESS_ENQUIRY, PROCESS_GOAL, is_late_log, is_process_run, late_log_id
from baton.contracts.process import ProcessRunId

_ID: TypeAdapter[str] = TypeAdapter(EnquiryId)
_OF_A_PROCESS: TypeAdapter[str] = TypeAdapter(ProcessRunId)


def enquiry_id(given: str) -> str:
    """The enquiry id, or the goal's, in what was typed. Raises Problem."""
    bare = of_workflow(given.strip())
    try:
        return _ID.validate_python(bare)
    except ValidationError:
        raise Problem(
            f"{given!r} is not an enquiry id. One looks like INQ-1042: letters, digits, '.', '_' and '-', at most 64."
        ) from None


def business_id(given: str) -> str:
    """The same, or `returns/RET-7`: a run of a process of one's own. Raises Problem."""
    bare = of_workflow(given.strip())
    if not is_process_run(bare):
        return enquiry_id(bare)
    try:
        return _OF_A_PROCESS.validate_python(bare)
    except ValidationError:
        raise Problem(
            f"{given!r} is no run's id. One looks like returns/RET-7: the process, and letters, digits, '.', '_', '-'."
        ) from None


def run_id(given: str) -> str:
    """The same, or `log/INQ-1042`: an entry's own run is looked at and answered like an enquiry. Raises Problem."""
    bare = given.strip()
    if is_late_log(bare):
        return late_log_id(enquiry_id(bare.removeprefix(late_log_id(""))))
    return business_id(bare)


def of_workflow(workflow_id: str) -> str:
    """The business id in a workflow id."""
    return workflow_id.removeprefix(f"{PROCESS_ENQUIRY}/").removeprefix(f"{PROCESS_GOAL}/")
