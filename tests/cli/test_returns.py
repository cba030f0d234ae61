"""The returns that demos with a break ask for: each leads to its one action, for as long as there are any."""

import json
from pathlib import Path

import pytest

from baton.cli.demo_enquiries import DemoDiary
from baton.cli.problems import Problem
from baton.cli.returns import Shop, still_to_return
from baton.settings import Settings
from tests.agents.retail import OrderFile, run
from tests.cli.programs import ROOT

ROWS = json.loads((ROOT / "demo" / "shop.json").read_text())


def test_every_return_is_of_another_order_and_is_proposed_as_it_is_asked(tmp_path: Path) -> None:
    diary = DemoDiary(Settings(_env_file=None, state_dir=tmp_path))
    shop, system = Shop.model_validate(ROWS), OrderFile(ROWS)
    returned = []
    with pytest.raises(Problem, match="Set another STATE_DIR"):
        while True:
            incoming = still_to_return(shop, diary)
            proposal = run(incoming.message, system).proposal
            assert proposal is not None
            assert not proposal.unsure, incoming.message.text
            (action,) = proposal.resolution.actions
            assert action.kind == "return_items"
            assert action.order_id in incoming.message.text
            shop.orders[action.order_id].status = "return requested"
            returned.append(action.order_id)
    assert len(set(returned)) == len(returned) >= 10
    assert [name for _, name in diary.started()] == ["return.eml"]


def test_the_other_orders_of_a_customer_are_those_that_the_text_does_not_name() -> None:
    shop = Shop.model_validate(ROWS)
    assert shop.others_of("johan@vdmboerdery.example", "Return it from order #W1039954.") == ["#W1043502"]
    assert shop.others_of(None, "") == []
