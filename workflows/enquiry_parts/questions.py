"""Asking the customer: one clear question, reviewed like any mail, then a durable wait for the answer."""

from datetime import timedelta

from pydantic import JsonValue
from temporalio import workflow

from baton.contracts import names
from baton.contracts.wire import digest_of
from workflows.continuing import Continuing
from workflows.review_desk import ReviewDesk
from workflows.run_state import Run
from workflows.step_runner import Effect, StepRunner

from .case_file import CaseFile, numbered
from .reviews import open_question_review

MOST_CHANGE_REQUESTS = 5
MOST_AUTOMATIC_QUESTIONS = 2


class Questions:
    """Asks, sends and waits; never guesses."""

    def __init__(self, run: Run, steps: StepRunner, desk: ReviewDesk, continuing: Continuing) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._continuing = continuing
        self._options = run.start.options

    def reply_facts(self) -> list[str]:
        """The names of the facts that hold what the customer answered so far."""
        return [f"customer_reply/{number}" for number in range(1, len(self._run.state.replies) + 1)]

    async def ask(self, case: CaseFile, round_: int) -> str:
        """One clear question, then a durable wait. Empty when the customer answered, else why a person takes over."""
        automatic = self._options.ask_customer == "auto" and round_ <= MOST_AUTOMATIC_QUESTIONS
        feedback: list[str] = []
        for revision in range(1, MOST_CHANGE_REQUESTS + 2):
            key = numbered(numbered("ask_customer", round_), f"rev{revision}" if revision > 1 else "")
            question = await self._steps.run(
                names.ASK_CUSTOMER,
                key=key,
                reads={**case.said, "reading": case.reading_fact, "match": case.match_fact},
                given={
                    "missing": list(case.missing),
                    "round": round_,
                    "fixed": automatic,
                    "feedback": list(feedback),
                    "signature": self._options.signature,
                },
                summary="Write a question to the customer",
            )
            if question.mail is None:
                return f"the customer cannot be asked: {question.reason}"
            mail = question.mail.model_dump(mode="json")
            if automatic:
                return await self._send(mail, digest_of(mail), round_, revision)
            review = open_question_review(self._desk, case, question, round_, revision)
            self._run.stage("waiting for a review")
            decision = await self._desk.decision(review)
            if decision.choice == "reject":
                return (
                    f"the reviewer did not want the question sent{': ' if decision.comment else ''}{decision.comment}"
                )
            if decision.choice == "request_changes":
                feedback.append(decision.comment)
                continue
            sent = review.subject if decision.choice == "approve" else decision.value
            return await self._send(sent, digest_of(sent), round_, revision)
        return "the question was changed too often"

    async def _send(self, mail: JsonValue, digest: str, round_: int, revision: int) -> str:
        """Send the question word for word, and wait for the answer."""
        self._run.stage("asking the customer")
        await self._steps.run(
            names.SEND_QUESTION,
            key=numbered("send_question", round_),
            given={"subject": mail, "subject_digest": digest},
            effect=Effect(f"question-{round_}", revision),
            summary="Send the question",
        )
        return await self._wait(round_)

    async def _wait(self, round_: int) -> str:
        """A durable wait with an absolute deadline, which survives continuing as new."""
        name = f"reply/{round_}"
        deadlines = self._run.state.deadlines
        if name not in deadlines:
            deadlines[name] = workflow.now() + timedelta(hours=self._options.reply_deadline_hours)
            self._run.note("waiting", "the customer was asked", step=name, title="The customer's answer")
        self._run.stage("waiting for the customer")
        while len(self._run.state.replies) < round_:
            left = deadlines[name] - workflow.now()
            if left <= timedelta(0):
                self._run.note_once(
                    "closed", "the customer did not answer in time", step=name, title="The customer's answer"
                )
                return "the customer did not answer in time"
            try:
                await workflow.wait_condition(
                    lambda: len(self._run.state.replies) >= round_ or self._continuing.due(),
                    timeout=left,
                    timeout_summary="the customer's answer is due",
                )
            except TimeoutError:
                continue
            if len(self._run.state.replies) < round_:
                await self._continuing.point()
        self._run.stage("reading")
        return ""
