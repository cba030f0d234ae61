"""Asking the customer: one clear question, reviewed like any mail, then a durable wait for the answer."""

from datetime import timedelta

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts import names
from baton.contracts.enquiry import Question
from baton.contracts.sizes import MOST_SUBJECT, size_of
from baton.contracts.wire import digest_of
from workflows.continuing import Continuing
from workflows.review_desk import ReviewDesk
from workflows.step import Effect
from workflows.step_runner import StepRunner

from .case_file import CaseFile, numbered
from .enquiry_run import WAITING_FOR_THE_CUSTOMER, EnquiryRun
from .reviews import MOST_CHANGE_REQUESTS, open_question_review

MOST_AUTOMATIC_QUESTIONS = 2
ANSWER = "The customer's answer"
TOO_LATE = "the customer did not answer in time"


class Questions:
    """Asks, sends and waits; never guesses."""

    def __init__(self, run: EnquiryRun, steps: StepRunner, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing
        self._options = run.start.options

    async def ask(self, case: CaseFile, round_: int) -> str:
        """One clear question, then a durable wait. Empty when the customer answered, else why a person takes over."""
        # Whoever tries to steer us gets no mail that nobody looked at.
        automatic = self._may_ask_unreviewed(round_) and not case.reading.warnings
        feedback: list[str] = []
        revision = 0
        while True:
            revision += 1
            self._run.stage("asking the customer")
            question = await self.write(case, round_, revision, feedback, fixed=automatic)
            if question.mail is None:
                return f"the customer cannot be asked: {question.reason}"
            mail = question.mail.model_dump(mode="json")
            if automatic and self._is_sender(question.mail.to):
                return await self._send(case, mail, digest_of(mail), round_, revision)
            may_change = len(feedback) < MOST_CHANGE_REQUESTS
            review = open_question_review(self._desk, case, question, round_, revision, may_change=may_change)
            self._run.stage("waiting for a review")
            decision = await self._desk.decision(review)
            if decision is None:
                return ""  # the customer wrote without being asked: that is read first
            match decision.choice:
                case "request_changes":
                    feedback.append(decision.comment)
                case "approve":
                    return await self._send(case, review.subject, decision.subject_digest, round_, revision)
                case "edit":
                    return await self._send(case, decision.value, digest_of(decision.value), round_, revision)
                case _:
                    return f"the reviewer did not want the question sent. {decision.comment}".strip()

    async def write(self, case: CaseFile, round_: int, revision: int, feedback: list[str], *, fixed: bool) -> Question:
        """One clear question; without a mail where nobody can be asked."""
        question = await self._steps.run(
            names.ASK_CUSTOMER,
            key=numbered(numbered("ask_customer", round_), f"rev{revision}" if revision > 1 else ""),
            reads={**case.said, "reading": case.reading_fact, "match": case.match_fact},
            given={
                "missing": list(case.missing),
                "round": round_,
                "fixed": fixed,
                "feedback": list(feedback),
                "signature": self._options.signature,
            },
            summary="Write a question to the customer",
        )
        size = size_of(question.mail.model_dump(mode="json")) if question.mail else 0
        if size > MOST_SUBJECT:
            reason = f"the question has {size:,} bytes, more than a person can be asked to approve ({MOST_SUBJECT:,})"
            return question.model_copy(update={"mail": None, "reason": reason})
        return question

    def _may_ask_unreviewed(self, round_: int) -> bool:
        """Twice a thread: a mail that answers another may belong to one in which we asked already."""
        message = self._run.start.enquiry.message
        fresh = not (message.in_reply_to or message.references)
        return self._options.ask_customer == "auto" and fresh and round_ <= MOST_AUTOMATIC_QUESTIONS

    def _is_sender(self, address: str) -> bool:
        """A question that nobody reviewed goes to the sender alone."""
        sender = self._run.start.enquiry.message.from_address or ""
        return address.strip().lower() == sender.strip().lower()

    async def _send(self, case: CaseFile, mail: JsonValue, digest: str, round_: int, revision: int) -> str:
        """Send the question word for word, and wait for the answer."""
        self._run.stage("asking the customer")
        await self._steps.run(
            names.SEND_QUESTION,
            key=numbered("send_question", round_),
            given={"subject": mail, "subject_digest": digest},
            effect=Effect(f"question-{round_}", revision, if_done={"message_id": "", "statement": "was sent"}),
            summary="Send the question",
        )
        return await self._wait(case, round_)

    async def _wait(self, case: CaseFile, round_: int) -> str:
        """A durable wait with an absolute deadline.

        Whatever is not read yet ends it: an answer may be here before we know that the question went out.
        """
        state = self._run.state
        step = f"reply/{round_}"
        gave_up = f"no_answer/{round_}"
        before = state.replies_before.setdefault(str(round_), len(case.said["replies"]))
        if step not in state.deadlines:
            await self._continuing.point()  # a deadline that was set in a pause would not stand still with the others
            state.deadlines[step] = workflow.now() + timedelta(hours=self._options.reply_deadline_hours)
            self._run.note("waiting", "the customer was asked", step=step, title=ANSWER)
        self._run.stage(WAITING_FOR_THE_CUSTOMER)
        while len(state.replies) <= before and self._run.fact(gave_up) is None:
            await self._continuing.point()
            if len(state.replies) > before:
                break
            left = state.deadlines[step] - workflow.now()
            if left <= timedelta(0):
                # A fact: a reply that comes later must not lead a run that is entered again down another way.
                self._run.know(gave_up, TOO_LATE, type_="str", agent="clock")
                self._run.note("closed", TOO_LATE, step=step, title=ANSWER)
                break
            await self._until_answered(before, left)
        self._run.stage("reading")
        if self._run.fact(gave_up) is not None:
            return TOO_LATE
        self._run.note_once("replied", "the customer answered", step=step, title=ANSWER)
        return ""

    async def _until_answered(self, before: int, at_most: timedelta) -> None:
        try:
            await workflow.wait_condition(
                lambda: len(self._run.state.replies) > before or self._continuing.calls(),
                timeout=at_most,
                timeout_summary="the customer's answer is due",
            )
        except TimeoutError:
            return
