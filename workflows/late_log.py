"""An entry that the CRM did not take in time, tried again until it is written or a person gives it up."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import Enquiry
    from baton.contracts.mail import Message
    from baton.contracts.record import EnquiryStart, LateLog, RunState
    from baton.contracts.review import Actor, Decision, Review
    from baton.contracts.systems import CrmLogged
    from workflows.continuing import Continuing
    from workflows.ending import Ending
    from workflows.enquiry_parts.enquiry_run import EnquiryRun
    from workflows.handlers import Handlers
    from workflows.pausing import Pausing
    from workflows.review_desk import ReviewDesk
    from workflows.step import Effect, RunAborted, StepSkipped
    from workflows.step_runner import StepRunner

AGAIN_AFTER = timedelta(hours=1)
AGAIN_AFTER_AT_MOST = timedelta(hours=16)
BY_ITSELF = "the run itself"


class EntryRun(EnquiryRun):
    """What the entry's own run knows, under the enquiry's id and keys."""

    noun = "entry"

    @property
    def run_id(self) -> str:
        """`log/INQ-1042`."""
        return names.late_log_id(self.business_id)


@workflow.defn(name=names.LATE_LOG_WORKFLOW)
class LateLogWorkflow(Handlers):
    """Logs one outcome once the CRM takes it: its card tries for a month, then, or after a fault for good, it asks."""

    @workflow.init
    def __init__(self, late: LateLog) -> None:
        self._run = EntryRun(_start_of(late))
        self._pausing = Pausing(self._run)
        continuing = Continuing(self._run, self._pausing)
        continuing.stay()  # it grows by a few lines a day
        self._desk = ReviewDesk(self._run, continuing)
        self._steps = StepRunner(self._run, self._desk, continuing)
        self._ending = Ending(self._run, self._desk, continuing)

    @workflow.run
    async def run(self, late: LateLog) -> CrmLogged | None:
        """The CRM's receipt; None when a person gave the entry up."""
        self._run.stage("logging late")
        trying = asyncio.create_task(self._try_again_by_itself())
        try:
            logged = await self._steps.run(
                names.LOG_OUTCOME,
                given={"entry": late.outcome.entry.model_dump(mode="json")},
                effect=Effect("log", 1, if_done={"key": "", "entry_id": "seen in the CRM by a person"}),
                summary=f"Log the outcome of {late.outcome.entry.enquiry_id}",
            )
        except (StepSkipped, RunAborted):
            self._run.stage("ended: given up")
            return None
        except BaseException as stop:
            if not is_cancelled_exception(stop):
                raise
            self._ending.ask_nobody()
            self._run.stage("ended: cancelled")
            raise
        finally:
            trying.cancel()
        self._run.stage("ended: written")
        return logged

    async def _try_again_by_itself(self) -> None:
        """What an operator mended without a word here, such as a token, is noticed: after an hour, later every 16.

        Never while nobody can tell whether the entry was written: a second one would be one too many.
        """
        pause = AGAIN_AFTER
        while True:
            await workflow.wait_condition(lambda: self._waits_to_be_mended() is not None)
            review = self._waits_to_be_mended()
            assert review is not None
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda seen=review: self._waits_to_be_mended() != seen,  # type: ignore[misc]
                    timeout=pause,
                    timeout_summary="Tried again by itself",
                )
                continue
            pause = min(pause * 2, AGAIN_AFTER_AT_MOST)
            self._desk.decide(
                Decision(
                    decision_id=f"{review.review_id}/{review.revision}",
                    review_id=review.review_id,
                    revision=review.revision,
                    subject_digest=review.subject_digest,
                    choice="retry",
                    actor=Actor(id=BY_ITSELF),
                )
            )

    def _waits_to_be_mended(self) -> Review | None:
        if self._pausing.on:
            return None
        return next((review for review in self._run.open_reviews if not review.choice("not_done")), None)


def _start_of(late: LateLog) -> EnquiryStart:
    """The enquiry's last step as a run: under the keys that the enquiry had, and with its doubts."""
    outcome = late.outcome
    return EnquiryStart(
        enquiry=Enquiry(enquiry_id=outcome.entry.enquiry_id, message=Message(text=""), received_at=workflow.now()),
        cards=[late.card.model_copy(update={"fallbacks": []})],
        search_attributes=late.search_attributes,
        state=RunState(
            redone={names.LOG_OUTCOME.name: len(outcome.earlier_keys)}, unknown_keys=list(outcome.unknown_keys)
        ),
    )
