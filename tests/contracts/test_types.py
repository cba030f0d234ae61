"""Types by name: what an annotation is called, what fits where, and what a path leads to."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, JsonValue

from baton.contracts.types import Named, at_path, element_of, fields_of, fits, found_in, named_in, parts_of, type_of

OrderNumber = Annotated[str, Named("OrderNumber")]


class Town(BaseModel):
    """A place."""

    name: str


class Shop(BaseModel):
    """A shop."""

    town: Town | None
    orders: list[OrderNumber]


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (str, "str"),
        (Decimal, "number"),
        (OrderNumber, "OrderNumber"),
        (OrderNumber | None, "OrderNumber | null"),
        (list[OrderNumber], "list[OrderNumber]"),
        (tuple[Town, ...], "list[Town]"),
        (Literal["a", "b"], "str"),
        (int | str, "json"),
        (dict[str, str], "json"),
        (Any, "json"),
        (Town | None, "Town | null"),
    ],
)
def test_every_annotation_has_a_name(annotation: Any, name: str) -> None:
    assert type_of(annotation) == name


@pytest.mark.parametrize(
    ("given", "wanted", "whether"),
    [
        ("Order", "Order", True),
        ("int", "number", True),
        ("number", "int", False),
        ("Order", "Order | null", True),
        ("Order | null", "Order", False),
        ("int", "number | null", True),
        ("list[int]", "list[number]", True),
        ("list[Order]", "Order", False),
        ("Order", "list[Order]", False),
        ("OrderNumber", "str", False),
        ("list[Order | null]", "json", True),
    ],
)
def test_what_fits_where(given: str, wanted: str, whether: bool) -> None:
    assert fits(given, wanted) is whether


def test_a_model_is_known_with_all_that_it_is_made_of() -> None:
    assert parts_of(Shop) == {
        "Shop": {"town": "Town | null", "orders": "list[OrderNumber]"},
        "Town": {"name": "str"},
    }
    assert fields_of(Town) == {"name": "str"}


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ((), "Shop"),
        (("town",), "Town | null"),
        (("town", "name"), "str | null"),
        (("orders",), "list[OrderNumber]"),
        (("orders", "first"), None),
        (("nothing",), None),
    ],
)
def test_a_path_leads_to_a_type_and_what_lies_past_a_null_may_be_null(path: tuple[str, ...], type_: str | None) -> None:
    assert at_path("Shop", path, parts_of(Shop)) == type_


def test_only_a_list_has_elements() -> None:
    assert element_of("list[Order]") == "Order"
    assert element_of("Order") is None


class Region(BaseModel):
    """Shops, some of them by town."""

    shops: list[Shop]
    best: Annotated[int, Named("Rank")] | None = None


def test_named_types_are_found_at_any_depth_with_what_they_are_underneath() -> None:
    assert named_in(Region) == {"OrderNumber": "str", "Rank": "int"}
    assert named_in(Town) == {}


ADDRESS = {"city": "Paarl"}
MADE_OF = {
    "Customer": {"address": "Address | null", "orders": "list[Order]", "name": "str"},
    "Order": {"to": "Address | null"},
}


@pytest.mark.parametrize(
    ("type_", "value", "wanted", "found"),
    [
        ("Address", ADDRESS, "Address", [ADDRESS]),
        ("Customer", {"address": ADDRESS, "orders": []}, "Address", [ADDRESS]),
        ("Customer", {"address": None, "orders": []}, "Address", []),
        ("Customer", {"address": None, "orders": []}, "Address | null", [None]),
        ("Customer", {"address": None, "orders": [{"to": None}, {"to": ADDRESS}]}, "Address", [ADDRESS]),
        ("list[Customer]", [{"address": None, "orders": [{"to": None}]}], "Address", []),
        ("list[Customer]", [{"address": ADDRESS}], "Address", [ADDRESS]),
        ("list[Customer]", [], "Address", []),
        ("Customer", {"orders": []}, "list[Order]", [[]]),
        ("Customer", {"orders": []}, "Order", []),
        ("Customer | null", None, "Customer", []),
        ("Customer | null", None, "Customer | null", [None]),
        ("Customer", {"left_out": {"size_bytes": 1}}, "Address", []),
    ],
)
def test_what_is_wanted_is_found_within_a_result(
    type_: str, value: JsonValue, wanted: str, found: list[JsonValue]
) -> None:
    assert list(found_in(value, type_, wanted, MADE_OF)) == found
