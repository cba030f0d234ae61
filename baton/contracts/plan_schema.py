"""The JSON schema of plans, for editors and for whoever writes plans: docs/plan.schema.json is made from it."""

import json
import sys

from .plan import Plan
from .wire import JsonObject


def plan_schema() -> JsonObject:
    """What a plan must look like; whether it may run is for validate_plan to say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Plan.model_json_schema(by_alias=True),
    }


def written() -> str:
    """The text of the file."""
    return json.dumps(plan_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
