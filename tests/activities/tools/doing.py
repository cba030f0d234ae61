"""One attempt at a tool, and what it said."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, JsonValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from tests.activities.attempts import attempt

Gives = TypeVar("Gives", bound=BaseModel)

KEY = "GOAL-1/step/1/0"


async def done(
    step: Callable[..., Any], gives: type[Gives], within: ActivityEnvironment | None = None, **handed: JsonValue
) -> Gives:
    """The result of one attempt."""
    answer = await (within or attempt()).run(step, handed)
    return gives.model_validate(answer.value)


async def failed(
    step: Callable[..., Any], within: ActivityEnvironment | None = None, **handed: JsonValue
) -> ApplicationError:
    """How one attempt failed."""
    with pytest.raises(ApplicationError) as caught:
        await (within or attempt()).run(step, handed)
    return caught.value
