"""What the suite must know of a shop to try it: a customer, her order, and what may be done there."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from baton.contracts.orders import Action


class Sample(BaseModel):
    """A JSON file of this shape is given with --sample. Writes change the shop: name orders made for trying."""

    model_config = ConfigDict(extra="forbid")
    customer_id: str
    email: str
    name: str
    postcode: str
    order_id: str
    product_id: str | None = None
    allowed: list[Action] = []
    refused: list[Action] = []


def read_sample(path: Path) -> Sample:
    """The sample in a file."""
    return Sample.model_validate_json(path.read_text(encoding="utf-8"))
