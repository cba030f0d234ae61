"""How values become payloads."""

from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter

from .large_values import LargeValues, storage_of


def data_converter(values: LargeValues | None = None) -> DataConverter:
    """The one data converter of every client, worker and replayer: encryption will be set here and nowhere else.

    `values` reads what was too large for Temporal, and keeps it; without it such a payload cannot be read (TMPRL1105).
    """
    return DataConverter(
        payload_converter_class=ForeignPayloadConverter, external_storage=storage_of(values) if values else None
    )


class ForeignPayloadConverter(PydanticPayloadConverter):
    """pydantic's JSON; a value of a foreign encoding that nobody has a type for stays as it came.

    The SDK drops the types when a signal has another number of arguments than its handler, and drops the signal
    without a trace when one of those cannot be read. This way it arrives, and is refused aloud.
    """

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Values of payloads, raw where there is neither a type nor an encoding that we know."""
        if type_hints is not None:
            return super().from_payloads(payloads, type_hints)
        return [self._as_it_came(payload) for payload in payloads]

    def _as_it_came(self, payload: Payload) -> Any:
        try:
            return super().from_payloads([payload])[0]
        except Exception:  # an unknown encoding, or JSON that is none: each converter has its own error
            return RawValue(payload)
