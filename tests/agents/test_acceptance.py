"""The pure core on real messages with a known truth; the set is not part of this project, without it these skip."""

from collections import Counter
from typing import Any

import pytest

from baton.agents import asking, matching, policy, reading
from baton.contracts.enquiry import AskCustomer, CheckPolicy, FindCustomer, ReadEnquiry
from baton.contracts.mail import Message
from baton.contracts.systems import CustomerQuery

from .everyday_words import Writer
from .retail import RETAIL, OrderFile, Run, actions_of, enquiries, items_changed, order_file, proposed, run, truth

pytestmark = pytest.mark.skipif(
    not (RETAIL / "db.json").is_file(), reason=f"the retail set is not at {RETAIL}: acceptance is not tested"
)

LABEL_PROBLEMS = {"tau2-2", "tau2-3", "tau2-4", "tau2-10", "tau2-50"}
"""Named by the set's own README."""


def _runs(name: str) -> list[tuple[dict[str, Any], Run]]:
    return [(case, run(Message(text=case["message"]), OrderFile(order_file()))) for case in enquiries(name)]


@pytest.fixture(scope="module")
def plain() -> list[tuple[dict[str, Any], Run]]:
    return _runs("enquiries_plain")


@pytest.fixture(scope="module")
def free() -> list[tuple[dict[str, Any], Run]]:
    return _runs("enquiries")


def _say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n    {line}", end="")


def _is_right(case: dict[str, Any], result: Run) -> bool:
    assert result.proposal is not None
    return proposed(result.proposal.resolution.actions) == truth(case)


def _proposes(result: Run) -> bool:
    return not result.asks and bool(result.proposal and result.proposal.resolution.actions)


def test_every_customer_of_the_plain_and_the_free_messages_is_identified_rightly(
    plain: list[tuple[dict[str, Any], Run]],
    free: list[tuple[dict[str, Any], Run]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, cases in (("plain", plain), ("free", free)):
        found = [(case, result.match.customer) for case, result in cases]
        right = [case for case, customer in found if customer and customer.customer_id == case["customer_id"]]
        wrong = [case["id"] for case, customer in found if customer and customer.customer_id != case["customer_id"]]
        _say(capsys, f"{name}: {len(right)} of {len(cases)} customers right, {len(wrong)} wrong")
        assert not wrong
        assert len(right) == len(cases)


def test_what_is_proposed_for_a_plain_message_is_the_truth_in_99_of_100(
    plain: list[tuple[dict[str, Any], Run]], capsys: pytest.CaptureFixture[str]
) -> None:
    proposing = [(case, result) for case, result in plain if _proposes(result)]
    right = [case for case, result in proposing if _is_right(case, result)]
    wrong = [case["id"] for case, result in proposing if not _is_right(case, result)]
    share = len(proposing) / len(plain)
    _say(capsys, f"plain: {len(proposing)} of {len(plain)} proposed ({share:.0%}), {len(right)} right, wrong: {wrong}")
    assert share >= 0.6
    assert len(right) >= 0.99 * len(proposing)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_requests_in_everyday_words_are_proposed_just_as_rightly(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = OrderFile(order_file())
    writer = Writer([catalogue.product(product_id) for product_id in order_file()["products"]], seed)
    proposing, wrong = 0, []
    cases = enquiries("enquiries_plain")
    for case in cases:
        customer = catalogue.find(CustomerQuery(customer_id=case["customer_id"]))[0]
        text = writer.letter(case, customer)
        result = run(Message(text=text), OrderFile(order_file()))
        if _proposes(result):
            proposing += 1
            wrong += [] if _is_right(case, result) else [text]
    share = proposing / len(cases)
    _say(capsys, f"in everyday words: {proposing} of {len(cases)} proposed ({share:.0%}), {len(wrong)} wrong")
    assert share >= 0.6
    assert len(wrong) <= 0.01 * proposing, wrong


def test_a_plain_message_that_is_handed_over_has_customer_order_and_items_right(
    plain: list[tuple[dict[str, Any], Run]], capsys: pytest.CaptureFixture[str]
) -> None:
    rest = [(case, result) for case, result in plain if not _proposes(result)]
    for case, result in rest:
        assert result.proposal is not None
        assert result.proposal.unsure, case["id"]
        assert not result.proposal.resolution.actions
        assert result.choice is not None
        chosen = {order_id for one in result.choice.chosen for order_id in one.order_ids}
        assert chosen == set(case["orders_written"]), case["id"]
        for order_id, items in items_changed(case).items():
            listed = Counter(item for one in result.choice.chosen if order_id in one.order_ids for item in one.item_ids)
            assert not items - listed, case["id"]
        shown = " ".join(one.value for one in result.proposal.evidence)
        assert case["customer_id"] in shown
        assert all(order_id in shown for order_id in case["orders_written"])
    _say(capsys, f"plain: {len(rest)} of {len(plain)} handed over, customer, orders and items right in all of them")


def test_a_free_message_leads_to_the_truth_to_a_question_or_to_a_person_never_to_another_action(
    free: list[tuple[dict[str, Any], Run]], capsys: pytest.CaptureFixture[str]
) -> None:
    proposing = [(case, result) for case, result in free if _proposes(result)]
    asked = [case for case, result in free if result.asks]
    wrong = [case["id"] for case, result in proposing if not _is_right(case, result)]
    _say(
        capsys,
        f"free: {len(proposing)} of {len(free)} proposed, {len(proposing) - len(wrong)} right, wrong: {wrong}, "
        f"{len(asked)} asked, {len(free) - len(proposing) - len(asked)} handed over or explained",
    )
    assert not set(wrong) - LABEL_PROBLEMS


def test_no_order_of_another_customer_is_ever_read(
    plain: list[tuple[dict[str, Any], Run]], free: list[tuple[dict[str, Any], Run]]
) -> None:
    rows = order_file()["orders"]
    for case, result in [*plain, *free]:
        assert all(rows[order_id]["user_id"] == case["customer_id"] for order_id in result.orders_read)


def test_the_policy_allows_every_action_that_is_proposed(
    plain: list[tuple[dict[str, Any], Run]], free: list[tuple[dict[str, Any], Run]]
) -> None:
    for _, result in [*plain, *free]:
        assert result.verdict is not None
        assert not result.verdict.breaches


def test_the_policy_allows_what_the_truth_did(capsys: pytest.CaptureFixture[str]) -> None:
    judged, breaches = 0, []
    for case in [*enquiries("enquiries_plain"), *enquiries("enquiries")]:
        system = OrderFile(order_file())
        customer = system.find(CustomerQuery(customer_id=case["customer_id"]))[0]
        orders = {order_id: system.order(order_id) for order_id in customer.order_ids}
        wanted = {item.product_id for order in orders.values() for item in order.items}
        verdict = policy.check(
            CheckPolicy(
                resolution=actions_of(case, orders),
                customer=customer,
                orders=list(orders.values()),
                products=[system.product(product_id) for product_id in wanted],
            )
        )
        judged += len(verdict.judgements)
        # An exchange that the set's own system refused stands in its writes and changes nothing.
        breaches += [(case["id"], one.rule) for one in verdict.breaches if case["expected_changes"]]
    _say(capsys, f"policy: {judged} actions of the truth judged, not allowed: {breaches}")
    assert not breaches


def test_an_opening_identifies_nobody_touches_nothing_and_is_answered_by_a_question(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = 0
    for case in enquiries("openings"):
        message = Message(text=case["message"], from_address="somebody@elsewhere.example")
        system = OrderFile(order_file())
        result = run(message, system)
        assert result.match.outcome == "nobody", case["id"]
        assert result.reading.not_an_enquiry is None, case["id"]
        assert not system.read
        assert result.proposal is None
        question = asking.question(AskCustomer(message=message, reading=result.reading, match=result.match))
        assert question.mail is not None
        assert question.mail.to == "somebody@elsewhere.example"
        asked += 1
    _say(capsys, f"openings: {asked} of 35 ask, nothing read")
    assert asked == 35


def test_without_a_senders_address_nothing_but_the_text_is_looked_for() -> None:
    for case in enquiries("openings"):
        message = Message(text=case["message"])
        read = reading.read(ReadEnquiry(message=message))
        assert matching.queries(FindCustomer(reading=read, message=message)) == []
