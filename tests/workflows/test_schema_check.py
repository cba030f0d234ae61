"""A value that does not fit is told by its place and what is expected there; what it says is nobody's business."""

from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, JsonValue, ValidationError

from baton.contracts.wire import JsonObject
from workflows.schema_check import first_faults, misfit

SECRET = "s3cret"


@pytest.mark.parametrize(
    ("value", "schema", "told"),
    [
        (SECRET, {"type": "integer"}, "the value: expected is integer"),
        (SECRET, {"type": ["integer", "null"]}, "the value: expected is integer or null"),
        ({"a": [SECRET]}, {"properties": {"a": {"items": {"enum": ["x", 1]}}}}, 'a/0: expected is one of "x", 1'),
        ({"b": SECRET}, {"required": ["a", "b", "c"]}, "the value: a, c is missing"),
        ({SECRET: 1}, {"properties": {"a": {}}, "additionalProperties": False}, "the value: no field is known but a"),
        (SECRET, {"maxLength": 3}, "the value: expected is maxLength 3"),
        (SECRET, {"pattern": "^x"}, 'the value: expected is pattern "^x"'),
        ({"a": SECRET}, {"properties": {"a": {"anyOf": [{"type": "null"}, {"const": 1}]}}}, "a: expected is null"),
    ],
)
def test_a_misfit_is_told_without_the_value(value: JsonValue, schema: JsonObject, told: str) -> None:
    assert misfit(value, schema) == told


class Left(BaseModel):
    side: Literal["left"]


class Right(BaseModel):
    side: Literal["right"]


def _refuse(value: str) -> str:
    raise ValueError(f"{value} is not good")


class Thing(BaseModel):
    number: int = 0
    good: Annotated[str, AfterValidator(_refuse)] = ""
    where: Annotated[Left | Right, Field(discriminator="side")] = Left(side="left")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"number": SECRET}, "number: Input should be a valid integer, unable to parse string as an integer"),
        ({"good": SECRET}, "good: value_error"),
        ({"where": {"side": SECRET}}, "where: union_tag_invalid"),
        (SECRET, "the whole: Input should be a valid dictionary or instance of Thing"),
    ],
)
def test_the_faults_of_a_model_are_told_without_the_value(value: JsonValue, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(value)
    assert first_faults(caught.value) == told
