"""What every model on a wire shares: frozen values, JSON, and the digest that binds a decision to what was seen."""

import hashlib
import json
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue

JsonObject = dict[str, JsonValue]

_CARD_CANDIDATE = re.compile(r"(?<![\w#])\d(?:[ -]?\d){12,18}(?!\w)")


class Wire(BaseModel):
    """A value that travels: immutable, and tolerant of fields that a newer version added."""

    model_config = ConfigDict(frozen=True)


def canonical_json(value: JsonValue) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8 kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(value: JsonValue) -> str:
    """sha256 (hex) of the canonical JSON: equal exactly when a person saw the same thing."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def mask_cards(text: str) -> str:
    """The text with every payment card number (13 to 19 digits that pass Luhn) cut to its last four digits."""

    def masked(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return f"[card ending {digits[-4:]}]" if _passes_luhn(digits) else found[0]

    return _CARD_CANDIDATE.sub(masked, text)


MaskedText = Annotated[str, AfterValidator(mask_cards)]
"""Text from people: a card number in it is masked before it can reach a payload, a log or a system."""
