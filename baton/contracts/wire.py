"""What every model on a wire shares: frozen values, JSON, and the digest that binds a decision to what was seen."""

import hashlib
import json
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue

from .payment_cards import mask_cards

JsonObject = dict[str, JsonValue]


class Wire(BaseModel):
    """A value that travels: immutable, and tolerant of fields that a newer version added."""

    model_config = ConfigDict(frozen=True)


def canonical_json(value: JsonValue) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8 kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(value: JsonValue) -> str:
    """sha256 (hex) of the canonical JSON: equal exactly when a person saw the same thing."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


MaskedText = Annotated[str, AfterValidator(mask_cards)]
"""Text from people: a card number in it is masked before it can reach a payload, a log or a system."""
