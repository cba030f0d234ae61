"""One enquiry for each stage in which runs wait: how to bring it there, with a team whose answers are written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from baton.contracts import enquiry as e
from tests.workflows.driver import Run
from tests.workflows.team import NOBODY, PROPOSAL, REPLY, Team
from tests.workflows.test_ladder import fails

UNSURE = PROPOSAL.model_copy(update={"unsure": ["which order"], "resolution": e.Resolution(reply=REPLY)})


@dataclass(frozen=True)
class Stage:
    """A stage, the team that leads to it, and what its people do."""

    name: str
    team: Callable[[], Team]
    reach: Callable[[Run], Awaitable[object]]


async def _question_sent(run: Run) -> None:
    await run.review_of("question")
    await run.decide("approve")
    await run.asked_the_customer()


async def _second_revision(run: Run) -> None:
    await run.open_review()
    await run.decide("request_changes", comment="kinder")
    await run.revision(2)


async def _answered(run: Run) -> None:
    await run.open_review()
    await run.decide("approve")
    await run.result()


STAGES = [
    Stage("waiting_for_a_resolution_review", Team, lambda run: run.review_of("resolution")),
    Stage("waiting_for_a_second_revision", Team, _second_revision),
    Stage(
        "waiting_for_a_hand_over",
        lambda: Team(
            propose_resolution=PROPOSAL.model_copy(update={"unsure": ["?"], "resolution": e.Resolution(reply=REPLY)})
        ),
        lambda run: run.review_of("hand_over"),
    ),
    Stage("waiting_for_a_question_review", lambda: Team(find_customer=NOBODY), lambda run: run.review_of("question")),
    Stage("waiting_for_the_customer", lambda: Team(find_customer=NOBODY), _question_sent),
    Stage(
        "waiting_for_a_failure_review",
        lambda: Team(find_customer=fails(), find_customer_in_crm=fails()),
        lambda run: run.review_of("failure"),
    ),
    Stage("answered", Team, _answered),
]
