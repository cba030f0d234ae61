"""The published schema of plans: current, and every plan that is shown fits it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from baton.contracts.plan_schema import plan_schema, written
from tests.agents.planning.asynchow import ASYNCHOW, plan_of, rows
from tests.agents.planning.test_checking import RIGHT

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "plan.schema.json"


def _shown() -> Iterator[tuple[str, Any]]:
    """Every plan in the documentation."""
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        for number, block in enumerate(re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)):
            found = json.loads(block)
            if isinstance(found, dict) and {"goal", "steps"} <= set(found):
                yield f"{page.name}-{number}", found
    yield from RIGHT.items()


def test_the_published_schema_is_that_of_the_models() -> None:
    renew = "uv run python -m baton.contracts.plan_schema > docs/plan.schema.json"
    assert PUBLISHED.read_text(encoding="utf-8") == written(), f"renew it: {renew}"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())


@pytest.mark.parametrize(("name", "shown"), list(_shown()), ids=[name for name, _ in _shown()])
def test_every_plan_that_is_shown_fits_the_schema(name: str, shown: Any) -> None:
    jsonschema.Draft202012Validator(plan_schema()).validate(shown)


@pytest.mark.skipif(not ASYNCHOW.is_file(), reason=f"the plans are not at {ASYNCHOW}")
def test_everyday_plans_fit_the_schema() -> None:
    schema = jsonschema.Draft202012Validator(plan_schema())
    for row in rows():
        schema.validate(plan_of(row))


@pytest.mark.parametrize(
    "wrong", [{"goal": "x", "steps": []}, {"goal": "x", "steps": [{"id": "A b", "capability": "wait"}]}, {"steps": 1}]
)
def test_what_is_no_plan_does_not_fit_it(wrong: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(plan_schema()).validate(wrong)
