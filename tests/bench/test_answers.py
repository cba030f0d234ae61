"""What a team made of enquiries is judged as it should be; the trial itself is run by hand."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from baton.contracts.enquiry import ReadEnquiry, Reading
from baton.contracts.orders import CancelOrder
from bench.answers import answers, main
from bench.answers_parts.cases import Case, TrueWrite, cases_in
from bench.answers_parts.course import Course
from bench.answers_parts.judging import judge
from bench.answers_parts.order_file import Rows, rows_of
from bench.answers_parts.teams import NoModel, Rules, Spent, team_maker
from demo.shop_file import OWN_SHOP
from tests.models.reading import asks, read_as
from tests.models.resolving import acts, resolved
from tests.models.scripted import Asked, Says, scripted_model

ROOT = Path(__file__).parents[2]
RETAIL = ROOT.parent / "shared" / "data" / "retail"
CANCEL = TrueWrite(name="cancel_pending_order", arguments={"order_id": "#W1", "reason": "no longer needed"})
CASE = Case(id="1", message="…", customer_id="c", orders_written=["#W1"], writes=[CANCEL], must_say=["1234.50"])
RIGHT = Course(
    end="proposed",
    customer_id="c",
    order_ids=["#W1"],
    actions=[CancelOrder(action_id="a1", order_id="#W1", order_version="1", reason="no longer needed")],
    reply="The refund of $1,234.50 goes to your card.",
    seconds=0.5,
)


def test_what_is_as_the_truth_says_is_counted_right() -> None:
    found = judge("rules", [(CASE, RIGHT, [])])
    assert str(found.customer_identified) == "1 of 1 (100%)"
    assert (found.actions_exact.right, found.proposals_wrong.right, found.must_say_covered.right) == (1, 0, 1)
    assert found.failures == []


def test_each_failure_says_what_differed() -> None:
    other = RIGHT.model_copy(
        update={
            "customer_id": "d",
            "order_ids": ["#W2"],
            "actions": [RIGHT.actions[0].model_copy(update={"order_id": "#W2"})],
            "reply": "Done.",
            "breaches": ["own order: …"],
            "warnings": ["…"],
        }
    )
    found = judge("model", [(CASE, other, ["#W2"])])
    assert (found.actions_exact.right, found.proposals_wrong.right) == (0, 1)
    assert [each.what for each in found.failures] == [
        "customer",
        "orders",
        "actions",
        "said",
        "orders read",
        "policy",
        "warning",
    ]
    assert "#W1" in found.failures[2].wanted
    assert "#W2" in found.failures[2].found


def test_what_is_handed_over_is_no_wrong_proposal_and_no_exact_one() -> None:
    over = Course(end="handed over", why="a condition", customer_id="c", order_ids=["#W1"])
    needs_one = CASE.model_copy(update={"hand_to_person": True, "must_write_nothing": True})
    found = judge("rules", [(CASE, over, []), (needs_one, over, []), (needs_one, RIGHT, [])])
    assert (found.actions_exact.right, found.actions_exact.of) == (0, 1)
    assert (found.proposals_wrong.right, found.proposals_wrong.of) == (1, 1)
    assert str(found.must_write_nothing_kept) == "1 of 2 (50%)"
    assert str(found.handed_over_rightly) == "1 of 2 (50%)"
    assert found.failures[0].found == "handed over: a condition"


def test_a_case_that_failed_did_nothing_rightly() -> None:
    nobody = Case(id="2", message="…", customer_id=None, must_write_nothing=True)
    found = judge("model", [(nobody, Course(end="failed", why="down"), []), (nobody, Course(end="asked"), [])])
    assert str(found.must_write_nothing_kept) == "1 of 2 (50%)"
    assert str(found.nobody_taken_for_a_customer) == "1 of 2 (50%)"


@pytest.mark.parametrize("number", ["0", "-1", "four"])
def test_a_number_at_once_that_is_none_is_told(
    number: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench.answers", "--data", "cases.jsonl", "--at-once", number])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert f"argument --at-once: '{number}' is no number from 1 on, e.g. 4" in capsys.readouterr().err


def test_a_price_that_is_not_known_is_not_nothing() -> None:
    priced = RIGHT.model_copy(update={"spent": Spent(calls=2, cost=Decimal("0.01"))})
    unpriced = RIGHT.model_copy(update={"spent": Spent(calls=1, cost=None)})
    assert judge("model", [(CASE, priced, []), (CASE, priced, [])]).cost == Decimal("0.02")
    assert judge("model", [(CASE, priced, []), (CASE, unpriced, [])]).cost is None


async def test_a_team_that_fails_ends_its_case_and_no_other() -> None:
    class Failing(Rules):
        async def read_enquiry(self, given: ReadEnquiry) -> Reading:
            raise TimeoutError("no answer")

    rows: Rows = {"users": {}, "orders": {}, "products": {}}
    found = await answers("model", Failing, [CASE, CASE], rows, 2)
    assert found.ends == {"failed": 2}
    assert found.failures[0].found == "failed: TimeoutError: no answer"


def test_a_model_at_any_endpoint_is_tried_beside_the_rules(tmp_path: Path) -> None:
    """As a user runs it: one case that the model gets right, one whose answers do not fit, which the rules take."""
    rows = json.loads(OWN_SHOP.read_text(encoding="utf-8"))
    data, orders = tmp_path / "cases.jsonl", tmp_path / "db.json"
    who = "My name is Thandi Nkosi and my postcode is 0083."
    wish = "Cancel order #W1043118, I no longer need it."
    case: dict[str, object] = {"id": "right", "message": f"{who} {wish}", "customer_id": "thandi_nkosi_4471"}
    case |= {"orders_written": ["#W1043118"], "writes": [_true_cancel("#W1043118")], "must_say": ["all the best"]}
    odd = {**case, "id": "odd", "message": f"{who} {wish} Thanks", "must_say": []}
    data.write_text("\n".join(map(json.dumps, (case, odd))), encoding="utf-8")
    orders.write_text(json.dumps(rows), encoding="utf-8")
    with scripted_model() as model:
        model.rule(lambda asked: Says("nonsense") if "Thanks" in asked.material else _good(asked, wish))
        named = {"BATON_MODEL": f"{model.url}#qwen3", "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-m", "bench.answers", "--agents", "model", "--data", str(data)]
        command += ["--orders", str(orders), "--json", str(tmp_path / "found.json")]
        ran = subprocess.run(command, cwd=ROOT, env=named, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert (found["ends"], found["calls"], found["cost"]) == ({"proposed": 2}, 8, None), ran.stdout
    assert (found["actions_exact"]["right"], found["must_say_covered"]["right"]) == (2, 1)


def _true_cancel(order_id: str) -> dict[str, object]:
    return {"name": "cancel_pending_order", "arguments": {"order_id": order_id, "reason": "no longer needed"}}


def _good(asked: Asked, wish: str) -> Says:
    if asked.instructions.startswith("You read"):
        read = asks("cancel", wish, order_numbers=["#W1043118"])
        names: dict[str, object] = {"names": ["Thandi Nkosi"], "postcodes": ["0083"], "order_numbers": ["#W1043118"]}
        return Says(read_as(read, **names))
    return Says(resolved(acts("cancel_order", "#W1043118", reason="no longer needed"), reply="Done, all the best."))


def test_without_a_model_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BATON_MODEL", raising=False)
    with pytest.raises(NoModel, match="BATON_MODEL=openai:NAME"):
        team_maker("model")
    command = [sys.executable, "-m", "bench.answers", "--agents", "model", "--data", "nothing"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr.startswith("--agents model: no model is configured")) == (2, True)


@pytest.mark.skipif(
    not RETAIL.is_dir(), reason="the retail material (shared/data/retail beside the checkout) is absent"
)
@pytest.mark.parametrize(("file", "proposals"), [("enquiries", 3), ("enquiries_plain", 140)])
async def test_the_rules_propose_nothing_wrong(file: str, proposals: int) -> None:
    found = await answers("rules", Rules, cases_in(RETAIL / f"{file}.jsonl"), rows_of(RETAIL / "db.json"), 1)
    assert found.customer_identified.right == found.customer_identified.of
    assert found.must_write_nothing_kept.right == found.must_write_nothing_kept.of
    assert (found.proposals_wrong.right, found.foreign_orders_read, found.forbidden_by_policy) == (0, 0, 0)
    assert found.drafts_warned_of == 0
    assert found.proposals_wrong.of >= proposals
