"""Reading what a signal carries. Its sender sees success whatever was sent, so nothing here may raise anything else."""

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from baton.contracts.sizes import MOST_SIGNALLED
from baton.contracts.wire import canonical_json

from .schema_check import first_faults

NOTHING = RawValue(Payload())
"""The argument of a signal that was sent without one."""

Model = TypeVar("Model", bound=BaseModel)


class BadSignal(Exception):
    """What came does not read as what the signal takes; `decision_id` where one could be made out."""

    def __init__(self, reason: str, decision_id: str = "") -> None:
        super().__init__(reason)
        self.decision_id = decision_id


def read_signal(raw: RawValue, model: type[Model]) -> Model:
    """The model that a signal's only argument holds; BadSignal says why not.

    The encoding must be json/plain: through the converter, other encodings came back as unvalidated bytes.
    """
    payload = raw.payload
    if not payload.metadata and not payload.data:
        raise BadSignal(f"no argument: it takes one {model.__name__} as JSON")
    encoding = payload.metadata.get("encoding", b"").decode("ascii", "replace")[:50]
    if encoding != "json/plain":
        raise BadSignal(f"encoding {encoding!r}: only json/plain is read")
    if len(payload.data) > MOST_SIGNALLED:
        raise BadSignal(f"{len(payload.data):,} bytes: at most {MOST_SIGNALLED:,} are read", _decision_id(payload.data))
    try:
        canonical_json(from_json(payload.data, allow_inf_nan=False))  # no NaN, and no number beyond all numbers: 1e999
        return model.model_validate_json(payload.data)
    except ValidationError as error:
        raise BadSignal(first_faults(error), _decision_id(payload.data)) from None
    except (ValueError, RecursionError) as error:
        raise BadSignal(f"not JSON that can be read: {type(error).__name__}") from None


def _decision_id(given: bytes) -> str:
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        return ""
    known = found.get("decision_id") if isinstance(found, dict) else None
    return known[:100] if isinstance(known, str) else ""
