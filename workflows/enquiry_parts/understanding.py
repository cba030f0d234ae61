"""Who writes, what is asked, what the policy says, which orders it is about."""

from temporalio import workflow

from baton.contracts import names
from baton.contracts.enquiry import CustomerMatch, OrderChoice, PolicyPassages
from baton.contracts.orders import Order
from workflows.step import StepSkipped
from workflows.step_runner import StepRunner
from workflows.together import both, together

from .case_file import CaseFile, numbered
from .enquiry_run import EnquiryRun
from .questions import Questions

MOST_ORDERS_READ = 50


class Understanding:
    """Reads the message, finds customer and policy, checks the orders; asks the customer when something is missing."""

    def __init__(self, run: EnquiryRun, steps: StepRunner, questions: Questions) -> None:
        self._run = run
        self._steps = steps
        self._questions = questions
        self._options = run.start.options
        self.case: CaseFile | None = None
        self._readings = 0

    async def understand(self) -> CaseFile:
        """Who writes, what is asked, what the policy says, which orders it is about."""
        self._receive()
        rounds = self._options.question_rounds
        for round_ in range(1, rounds + 2):
            case = await self._read_and_find()
            if case.dismissed or not case.missing:
                return case
            if round_ > rounds:
                case.hand_over_because = f"still unclear after {rounds} questions: {'; '.join(case.missing)}"
            else:
                case.hand_over_because = await self._questions.ask(case, round_)
            if case.hand_over_because:
                return case
        raise AssertionError("the last round always returns")

    def _receive(self) -> None:
        """The message is the first fact."""
        message = self._run.start.enquiry.message.model_dump(mode="json")
        self._run.know("received", message, type_="Message", agent="customer")
        self._run.note_once("received", "the enquiry arrived", step="received", title="Message received")

    def wrote_again(self, case: CaseFile) -> bool:
        """Whether the customer wrote something that this reading did not have."""
        # Not in a run that went on here, without reading it, before it was asked.
        return len(self._run.state.replies) > len(case.said["replies"]) and workflow.patched("nothing-is-left-unread")

    async def read_again(self, before: CaseFile) -> CaseFile:
        """The customer wrote again: all of it is read anew, and what was done stays done."""
        case = await self._read_and_find(before)
        if case.missing:
            case.hand_over_because = f"unclear since the customer wrote again: {'; '.join(case.missing)}"
        return case

    async def _read_and_find(self, before: CaseFile | None = None) -> CaseFile:
        """One reading of all that the customer wrote so far; each has its number."""
        self._readings += 1
        self._run.stage("reading")
        round_ = self._readings
        read = self._run.state.replies_read.setdefault(str(round_), len(self._run.state.replies))
        said = {"message": "received", "replies": self._run.reply_facts()[:read]}
        case = self.case = CaseFile(said)
        if before:
            case.revision, case.done, case.news = before.revision, before.done, before.news
            case.reply_sent, case.reply_message_id = before.reply_sent, before.reply_message_id
            case.feedback, case.changes_requested = before.feedback, before.changes_requested
            case.setbacks = before.setbacks
        case.reading_fact = numbered("read_enquiry", round_)
        case.reading = await self._steps.run(
            names.READ_ENQUIRY, key=case.reading_fact, reads=said, summary="Read the enquiry"
        )
        if case.reading.not_an_enquiry:
            if self.wrote_again(case):
                return await self._read_and_find(before)
            if not self._must_be_shown(case):
                return case
            case.hand_over_because = f"since then: {case.reading.not_an_enquiry.reason}"
        case.match, case.policy = await both(self._find_customer(case, round_), self._look_up_policy(case, round_))
        if case.match.customer is None:
            case.missing = ["who is writing"]
            return case
        self._run.stage("checking orders")
        await self.check_orders(case, str(round_) if round_ > 1 else "")
        return case

    def _must_be_shown(self, case: CaseFile) -> bool:
        """Whether a person sees it although the customer closed it: part of what was approved is done."""
        if not (case.done or case.reply_sent) or not workflow.patched("nothing-is-left-unread"):
            return False
        case.goes_on = True
        return True

    async def _find_customer(self, case: CaseFile, round_: int) -> CustomerMatch:
        """The one customer on file that all hints agree on, or nobody."""
        case.match_fact = numbered("find_customer", round_)
        return await self._steps.run(
            names.FIND_CUSTOMER,
            key=case.match_fact,
            reads={**case.said, "reading": case.reading_fact},
            given={"trust": self._options.trust},
            summary="Find the customer",
        )

    async def _look_up_policy(self, case: CaseFile, round_: int) -> PolicyPassages:
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
        ids = list(dict.fromkeys(customer.order_ids))[-MOST_ORDERS_READ:]
        case.order_facts = {order_id: numbered(f"check_orders/{order_id}", look) for order_id in ids}
        orders = await together(*(self._check_order(case, order_id) for order_id in ids))
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
        await self._look_up_products(case, case.choice, look)

    async def _check_order(self, case: CaseFile, order_id: str) -> Order | None:
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

    async def _look_up_products(self, case: CaseFile, choice: OrderChoice, look: str) -> None:
        """The products whose variants matter; none for old copies of orders, from which nothing may be proposed."""
        if not choice.product_ids or any(order.stale_since for order in case.orders.values()):
            return
        case.products_fact = numbered("look_up_products", look)
        case.products = await self._steps.run(
            names.LOOK_UP_PRODUCTS,
            key=case.products_fact,
            given={"product_ids": list(choice.product_ids[:20])},
            summary="Look up the products",
        )
