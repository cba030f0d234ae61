"""A customer enquiry, from message to logged outcome."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from baton.contracts import names
    from baton.contracts.enquiry import (
        CustomerMatch,
        DoneAction,
        EnquiryResult,
        OrderChoice,
        Outcome,
        PolicyPassages,
        Proposal,
        Resolution,
    )
    from baton.contracts.orders import Action, Order
    from baton.contracts.record import CustomerReplied, EnquiryStart, RunRecord, RunStatus
    from baton.contracts.review import Assignment, Decision, DecisionStatus, Review
    from baton.contracts.wire import digest_of
    from workflows import enquiry_reviews as ask
    from workflows.case_file import CaseFile, numbered
    from workflows.continuing import Continuing
    from workflows.review_desk import ReviewDesk
    from workflows.run_state import Run
    from workflows.signals import NOTHING, BadSignal, read_signal
    from workflows.step_runner import Effect, RunAborted, StepRunner, StepSkipped

MOST_ORDERS_READ = 50
MOST_CHANGE_REQUESTS = 5
MOST_AUTOMATIC_QUESTIONS = 2


@workflow.defn(name="EnquiryWorkflow")
class EnquiryWorkflow:
    """Read the message, find the customer and the orders, propose, have a person decide, act, answer, log."""

    @workflow.init
    def __init__(self, start: EnquiryStart) -> None:
        self._options = start.options
        self._message = start.enquiry.message
        self._run = Run(start)
        self._continuing = Continuing(self._run)
        self._desk = ReviewDesk(self._run, self._continuing)
        self._steps = StepRunner(self._run, self._desk, self._continuing)
        self._revision = 0
        self._done: list[DoneAction] = []

    @workflow.run
    async def run(self, start: EnquiryStart) -> EnquiryResult:
        """How the enquiry ended."""
        self.receive_message()
        try:
            case = await self.understand_the_enquiry()
            if case.reading.not_an_enquiry:
                return await self.close("not_an_enquiry", case.reading.not_an_enquiry.reason)
            while True:
                proposal = await self.propose_resolution(case)
                review, decision = await self.have_a_person_decide(case, proposal)
                if decision.choice == "reject":
                    return await self.close("rejected", decision.comment or "the reviewer rejected it", case, review)
                if decision.choice == "handled_outside":
                    return await self.close("handled_outside", decision.comment, case, review)
                if decision.choice == "request_changes":
                    case.take_feedback(decision.comment)
                    continue
                approved = self.accept(review, decision)
                setbacks = await self.perform_approved_actions(case, approved)
                if setbacks:
                    await self.look_again(case, setbacks)
                    continue
                await self.send_reply(approved)
                return await self.close("answered", case.summary(self._done), case, review)
        except RunAborted as stop:
            return await self.close("aborted", str(stop))
        except BaseException as stop:
            if is_cancelled_exception(stop):
                await self.close("cancelled", "cancelled by the operator")
            raise

    # ── 1 to 4: read, find, look up, check; ask the customer when something is missing ───────────────────────────────

    def receive_message(self) -> None:
        """The message is the first fact."""
        message = self._message.model_dump(mode="json")
        self._run.know("received", message, type_="Message", agent="customer")
        self._run.note_once("received", "the enquiry arrived", step="received")
        self._run.stage("reading")

    async def understand_the_enquiry(self) -> CaseFile:
        """Who writes, what is asked, what the policy says, which orders it is about."""
        rounds = self._options.question_rounds
        for round_ in range(1, rounds + 2):
            case = await self.read_and_find(round_)
            if case.reading.not_an_enquiry or not case.missing:
                return case
            if round_ > rounds:
                case.hand_over_because = f"still unclear after {rounds} questions: {'; '.join(case.missing)}"
            else:
                case.hand_over_because = await self.ask_customer(case, round_)
            if case.hand_over_because:
                return case
        raise AssertionError("the last round always returns")

    async def read_and_find(self, round_: int) -> CaseFile:
        """One reading of all that the customer wrote so far."""
        said = {"message": "received", "replies": self._reply_facts()[: round_ - 1]}
        case = CaseFile(said)
        case.reading_fact = numbered("read_enquiry", round_)
        case.reading = await self._steps.run(
            names.READ_ENQUIRY, key=case.reading_fact, reads=said, summary="Read the enquiry"
        )
        if case.reading.not_an_enquiry:
            return case
        case.match, case.policy = await asyncio.gather(
            self.find_customer(case, round_), self.look_up_policy(case, round_)
        )
        if case.match.customer is None:
            case.missing = ["who is writing"]
            return case
        self._run.stage("checking orders")
        await self.check_orders(case, str(round_) if round_ > 1 else "")
        return case

    async def find_customer(self, case: CaseFile, round_: int) -> CustomerMatch:
        """The one customer on file that all hints agree on, or nobody."""
        case.match_fact = numbered("find_customer", round_)
        return await self._steps.run(
            names.FIND_CUSTOMER,
            key=case.match_fact,
            reads={**case.said, "reading": case.reading_fact},
            given={"trust": self._options.trust},
            summary="Find the customer",
        )

    async def look_up_policy(self, case: CaseFile, round_: int) -> PolicyPassages:
        """The passages of the shop's policy that apply."""
        case.policy_fact = numbered("look_up_policy", round_)
        return await self._steps.run(
            names.LOOK_UP_POLICY,
            key=case.policy_fact,
            reads={"reading": case.reading_fact},
            summary="Look up the policy that applies",
        )

    async def check_orders(self, case: CaseFile, look: str) -> None:
        """The customer's own orders, in parallel; then the right ones, and the products to compare with."""
        customer = case.customer
        ids = customer.order_ids[-MOST_ORDERS_READ:]
        case.order_facts = {order_id: numbered(f"check_orders/{order_id}", look) for order_id in ids}
        orders = await asyncio.gather(*(self.check_order(case, order_id) for order_id in ids))
        case.orders = {order.order_id: order for order in orders if order is not None}
        case.order_facts = {order_id: fact for order_id, fact in case.order_facts.items() if self._run.fact(fact)}
        case.choice_fact = numbered("choose_orders", look)
        case.choice = await self._steps.run(
            names.CHOOSE_ORDERS,
            key=case.choice_fact,
            reads={"reading": case.reading_fact, "orders": list(case.order_facts.values())},
            given={
                "customer": customer.model_dump(mode="json"),
                "unread_order_ids": [each for each in customer.order_ids if each not in case.orders],
            },
            summary="Choose the orders that it is about",
        )
        case.missing = list(case.choice.missing)
        await self.look_up_products(case, case.choice, look)

    async def check_order(self, case: CaseFile, order_id: str) -> Order | None:
        """One order as it is now; None when a person skipped it."""
        try:
            return await self._steps.run(
                names.CHECK_ORDERS,
                key=case.order_facts[order_id],
                given={"order_id": order_id, "customer_id": case.customer.customer_id},
                summary=f"Check order {order_id}",
            )
        except StepSkipped:
            return None

    async def look_up_products(self, case: CaseFile, choice: OrderChoice, look: str) -> None:
        """The products whose variants matter."""
        if not choice.product_ids:
            return
        case.products_fact = numbered("look_up_products", look)
        case.products = await self._steps.run(
            names.LOOK_UP_PRODUCTS,
            key=case.products_fact,
            given={"product_ids": list(choice.product_ids[:20])},
            summary="Look up the products",
        )

    async def ask_customer(self, case: CaseFile, round_: int) -> str:
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
                },
                summary="Write a question to the customer",
            )
            if question.mail is None:
                return f"the customer cannot be asked: {question.reason}"
            mail = question.mail.model_dump(mode="json")
            if automatic:
                return await self.send_question(mail, digest_of(mail), round_, revision)
            review = ask.open_question_review(self._desk, case, question, round_, revision)
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
            return await self.send_question(sent, digest_of(sent), round_, revision)
        return "the question was changed too often"

    async def send_question(self, mail: object, digest: str, round_: int, revision: int) -> str:
        """Send the question word for word, and wait for the answer."""
        await self._steps.run(
            names.SEND_QUESTION,
            key=numbered("send_question", round_),
            given={"subject": mail, "subject_digest": digest},  # type: ignore[dict-item]  # JSON by construction
            effect=Effect(f"question-{round_}", revision),
            summary="Send the question",
        )
        return await self.wait_for_the_customer(round_)

    async def wait_for_the_customer(self, round_: int) -> str:
        """A durable wait with an absolute deadline, which survives continuing as new."""
        name = f"reply/{round_}"
        deadlines = self._run.state.deadlines
        if name not in deadlines:
            deadlines[name] = workflow.now() + timedelta(hours=self._options.reply_deadline_hours)
            self._run.note("waiting", "the customer was asked", step=name)
        self._run.stage("waiting for the customer")
        while len(self._run.state.replies) < round_:
            left = deadlines[name] - workflow.now()
            if left <= timedelta(0):
                self._run.note_once("closed", "the customer did not answer in time", step=name)
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

    # ── 5 and 6: propose, and have a person decide ───────────────────────────────────────────────────────────────────

    async def propose_resolution(self, case: CaseFile) -> Proposal:
        """Typed actions and a drafted reply that the policy allows; a hand-over where that cannot be had."""
        self._run.stage("proposing")
        self._revision += 1
        feedback = list(case.feedback)
        for attempt in ("", "again", "hand_over"):
            key = numbered(numbered("propose_resolution", self._revision), attempt)
            because = "the policy forbids what was proposed" if attempt == "hand_over" else ""
            proposal = await self._steps.run(
                names.PROPOSE_RESOLUTION,
                key=key,
                reads=case.all_facts(),
                given={
                    "trust": self._options.trust,
                    "products": case.products_json(),
                    "done": [done.model_dump(mode="json") for done in self._done],
                    "feedback": list(feedback),
                    "revision": self._revision,
                    "hand_over_because": case.hand_over_because or because,
                },
                summary="Propose what to do and draft the reply",
            )
            breaches = await self.check_policy(
                case, proposal.resolution, key.replace("propose_resolution", "check_policy")
            )
            if not breaches:
                return proposal
            feedback += breaches
        return proposal

    async def check_policy(self, case: CaseFile, resolution: Resolution, key: str) -> list[str]:
        """What the policy forbids of a resolution, a line each."""
        verdict = await self._steps.run(
            names.CHECK_POLICY,
            key=key,
            reads=case.order_facts_only(),
            given={
                "resolution": resolution.model_dump(mode="json"),
                "customer": case.customer_json(),
                "products": case.products_json(),
                "sender": case.match.sender.model_dump(mode="json"),
                "done": [done.model_dump(mode="json") for done in self._done],
            },
            summary="Check the proposal against the policy",
        )
        used = ask.repeated_action_ids(resolution, [done.action.action_id for done in self._done])
        return [f"{each}: this action id was used before" for each in used] + [
            f"{each.action_id}: {each.rule}. {each.explanation}".strip() for each in verdict.breaches
        ]

    async def have_a_person_decide(self, case: CaseFile, proposal: Proposal) -> tuple[Review, Decision]:
        """No write and no mail before this. An edit that breaks the policy comes back as a new revision."""
        may_change = case.changes_requested < MOST_CHANGE_REQUESTS
        review = ask.open_resolution_review(self._desk, case, proposal, self._revision, may_change=may_change)
        while True:
            self._run.stage("waiting for a review")
            decision = await self._desk.decision(review)
            if decision.choice != "edit":
                return review, decision
            edited = Resolution.model_validate(decision.value)
            breaches = await self.check_policy(case, edited, f"check_policy/{self._revision}/edit")
            if not breaches:
                return review, decision
            self._revision += 1
            review = ask.open_edited_review(
                self._desk, review, decision.value, breaches, self._revision, may_change=may_change
            )

    def accept(self, review: Review, decision: Decision) -> Resolution:
        """What was approved or written by a person becomes a fact, word for word."""
        subject = decision.value if decision.choice == "edit" else review.subject
        self._run.know(f"approved/{self._revision}", subject, type_="Resolution", agent=decision.actor.id)
        return Resolution.model_validate(subject)

    # ── 7: act, answer, log ──────────────────────────────────────────────────────────────────────────────────────────

    async def perform_approved_actions(self, case: CaseFile, approved: Resolution) -> list[str]:
        """Each action a step of its own, in order. What could not be done as approved comes back, a line each."""
        self._run.stage("acting")
        for action in approved.actions:
            setbacks = await self.perform(case, action)
            if setbacks:
                return setbacks
        return []

    async def perform(self, case: CaseFile, action: Action) -> list[str]:
        """Read again, and act only if nothing that bears on the action changed since it was approved."""
        fact = f"approved/{self._revision}"
        if action.order_id not in case.order_facts:
            return [f"{action.action_id}: order {action.order_id} was never looked at"]
        try:
            result = await self._steps.run(
                names.performing(action.kind),
                key=f"{action.kind}/{action.action_id}/{self._revision}",
                reads={"subject": fact, "basis": case.order_facts[action.order_id]},
                given={"subject_digest": digest_of(self._run.value(fact)), "action_id": action.action_id},
                effect=Effect(action.action_id, self._revision),
                summary=action.summary or f"{action.kind} on {action.order_id}",
            )
        except StepSkipped:
            return [f"{action.action_id} ({action.kind} on {action.order_id}) was skipped: it is not done"]
        if result.outcome == "changed":
            self._run.note("changed", "; ".join(result.changes), step=f"{action.kind}/{action.action_id}")
            return [f"order {action.order_id} changed since it was approved: {change}" for change in result.changes]
        self._done.append(DoneAction(action=action, reference=result.reference, statement=result.statement))
        return []

    async def look_again(self, case: CaseFile, setbacks: list[str]) -> None:
        """The orders as they are now, for the next revision."""
        case.take_setbacks(setbacks)
        await self.check_orders(case, f"rev{self._revision + 1}")

    async def send_reply(self, approved: Resolution) -> None:
        """The approved reply, once every action that it speaks of is confirmed."""
        if approved.reply is None:
            return
        self._run.stage("answering")
        fact = f"approved/{self._revision}"
        try:
            sent = await self._steps.run(
                names.SEND_REPLY,
                reads={"subject": fact},
                given={"subject_digest": digest_of(self._run.value(fact))},
                effect=Effect("reply", self._revision),
                summary="Send the reply",
            )
        except StepSkipped:
            return
        self._message_id = sent.message_id

    _message_id: str | None = None

    async def close(
        self, outcome: Outcome, summary: str, case: CaseFile | None = None, review: Review | None = None
    ) -> EnquiryResult:
        """Log the outcome in the CRM, keep the whole record, and end once every signal was handled."""
        self._desk.withdraw_all(f"the enquiry ended: {outcome}")
        self._run.stage("closing")
        result = EnquiryResult(
            enquiry_id=self._run.enquiry_id,
            outcome=outcome,
            summary=summary,
            actions_done=[done.statement or done.action.kind for done in self._done],
            reply_message_id=self._message_id,
        )
        entry = ask.crm_entry(result, case, review, at=workflow.now())
        with suppress(StepSkipped):
            logged = await self._steps.run(
                names.LOG_OUTCOME, given={"entry": entry}, effect=Effect("log", 1), summary="Log the outcome in the CRM"
            )
            result = result.model_copy(update={"log_entry": logged.entry_id})
        self._run.result = result
        self._run.note_once("closed", f"{outcome}: {summary}", step="closed")
        with suppress(StepSkipped):
            await self._steps.run(
                names.ARCHIVE_RECORD,
                given={"record": self._run.record().model_dump(mode="json")},
                summary="Keep the record in the archive",
            )
        self._run.stage(f"ended: {outcome}")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return result

    # ── signals: what does not parse is recorded and harms nothing ───────────────────────────────────────────────────

    @workflow.signal(name=names.DECIDE_REVIEW, description="Answer a review: a Decision as JSON")
    async def decide_review(self, raw: RawValue = NOTHING) -> None:
        """Take a person's answer to a review."""
        try:
            self._desk.decide(read_signal(raw, Decision))
        except BadSignal as bad:
            self._run.refuse(names.DECIDE_REVIEW, str(bad), decision_id=bad.decision_id)

    @workflow.signal(name=names.ASSIGN_REVIEW, description="Say who should look at a review: an Assignment as JSON")
    async def assign_review(self, raw: RawValue = NOTHING) -> None:
        """Name who should look at a review; it closes none."""
        try:
            self._desk.assign(read_signal(raw, Assignment))
        except BadSignal as bad:
            self._run.refuse(names.ASSIGN_REVIEW, str(bad))

    @workflow.signal(name=names.CUSTOMER_REPLIED, description="What the customer answered: a CustomerReplied as JSON")
    async def customer_replied(self, raw: RawValue = NOTHING) -> None:
        """Take what the customer wrote since; the same reply twice counts once."""
        try:
            reply = read_signal(raw, CustomerReplied)
        except BadSignal as bad:
            self._run.refuse(names.CUSTOMER_REPLIED, str(bad))
            return
        if reply.reply_id in self._run.state.replies:
            return
        number = len(self._run.state.replies) + 1
        fact = f"customer_reply/{number}"
        self._run.know(fact, reply.model_dump(mode="json"), type_="CustomerReply", agent="customer")
        self._run.note("replied", "the customer answered", step=fact)
        self._run.state.replies.append(reply.reply_id)
        self._desk.remark(f"The customer wrote again: {fact}")

    @workflow.signal(dynamic=True)
    async def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal under a name that nobody listens to is recorded, so that its sender can find out."""
        self._run.refuse(name[:100], "no such signal")

    def signal_refused(self, name: str, reason: str) -> None:
        """What the worker's guard could not deliver."""
        self._run.refuse(name, reason)

    def _reply_facts(self) -> list[str]:
        return [f"customer_reply/{number}" for number in range(1, len(self._run.state.replies) + 1)]

    # ── queries ──────────────────────────────────────────────────────────────────────────────────────────────────────

    @workflow.query(name=names.QUERY_STATUS, description="Where this run stands")
    def status(self) -> RunStatus:
        """Where this run stands."""
        return self._run.status()

    @workflow.query(name=names.QUERY_REVIEWS, description="Every review of this run, open ones last")
    def reviews(self) -> list[Review]:
        """Every review of this run, in the order in which they were opened."""
        return self._run.state.reviews

    @workflow.query(name=names.QUERY_DECISION, description="What became of a decision")
    def decision(self, decision_id: str = "") -> DecisionStatus:
        """Whether a decision was accepted, or why not."""
        return self._desk.status_of(decision_id)

    @workflow.query(name=names.QUERY_RECORD, description="All that happened")
    def record(self) -> RunRecord:
        """All that happened, and every fact."""
        return self._run.record()
