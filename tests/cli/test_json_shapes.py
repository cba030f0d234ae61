"""What `--json` prints only ever grows: programs of others read it."""

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from baton.cli import shapes
from baton.contracts.plan import PlanFault
from baton.contracts.record import RunRecord, RunStatus
from baton.contracts.review import Review

PROMISED: dict[str, list[str]] = json.loads(Path(__file__).with_name("json_shapes.json").read_text(encoding="utf-8"))
MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model
    for model in (
        shapes.AgentLine,
        shapes.AgentList,
        shapes.Checked,
        shapes.CheckLine,
        shapes.Started,
        shapes.Inbox,
        shapes.InboxLine,
        shapes.Reviews,
        shapes.Decided,
        shapes.RunList,
        shapes.RunLine,
        shapes.PlanChecked,
        shapes.GoalPlan,
        shapes.StepAgent,
        shapes.MonthReport,
        shapes.Tally,
        shapes.Lengths,
        PlanFault,
        RunStatus,
        RunRecord,
        Review,
    )
}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_shape_keeps_every_field_that_it_ever_had(name: str) -> None:
    fields = sorted(MODELS[name].model_json_schema(mode="serialization")["properties"])
    assert set(PROMISED[name]) <= set(fields)
    assert set(fields) <= set(PROMISED[name]), "a new field: promise it in json_shapes.json"


def test_each_promised_shape_is_there() -> None:
    assert set(PROMISED) == set(MODELS)
