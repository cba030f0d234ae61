"""How a run is named at the command line: `INQ-1042`, or `enquiry/INQ-1042` as the Temporal UI shows it.

A goal is `GOAL-7`, or `goal/GOAL-7`.
"""

from pydantic import TypeAdapter, ValidationError

from baton.cli.problems import Problem
from baton.contracts.enquiry import EnquiryId
from baton.contracts.names import PROCESS_ENQUIRY, PROCESS_GOAL

_ID: TypeAdapter[str] = TypeAdapter(EnquiryId)


def enquiry_id(given: str) -> str:
    """The enquiry id, or the goal's, in what was typed. Raises Problem."""
    bare = of_workflow(given.strip())
    try:
        return _ID.validate_python(bare)
    except ValidationError:
        raise Problem(
            f"{given!r} is not an enquiry id. One looks like INQ-1042: letters, digits, '.', '_' and '-', at most 64."
        ) from None


def of_workflow(workflow_id: str) -> str:
    """The business id in a workflow id."""
    return workflow_id.removeprefix(f"{PROCESS_ENQUIRY}/").removeprefix(f"{PROCESS_GOAL}/")
