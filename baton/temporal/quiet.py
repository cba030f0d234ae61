"""The SDK core's own log: its default prints coloured warnings on standard output, in the midst of a `--json`."""

import logging
from functools import cache

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter


@cache
def runtime() -> Runtime:
    """One runtime a process: its errors go to Python's log where the program set that up, else nowhere.

    A command says itself, in one line, what went wrong; a worker logs, to standard error.
    """
    if not logging.getLogger().handlers:
        return Runtime(telemetry=TelemetryConfig(logging=None))
    errors = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    forwarded = LogForwardingConfig(logging.getLogger("temporalio.core"))
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(errors, forwarding=forwarded)))
