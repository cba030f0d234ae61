"""A connector's options, read once: a wrong one names itself and shows a valid example."""

import math
import re
from collections.abc import Mapping

from baton.contracts.systems import Misconfigured

LONGEST_TIMEOUT_S = 30.0
"""Half of the shortest attempt that asks a system: a longer one would be cut off before it is over."""


def required(options: Mapping[str, str], name: str, example: str) -> str:
    """An option that must be there."""
    value = options.get(name, "").strip()
    if not value:
        raise Misconfigured(f"option '{name}' is missing, e.g. {name}={example}")
    return value


def web_address(options: Mapping[str, str], name: str, example: str) -> str:
    """An http(s) address without a slash at the end."""
    value = required(options, name, example)
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
        raise Misconfigured(f"option '{name}' is not an http address without a query, e.g. {name}={example}")
    return value.rstrip("/")


def seconds(options: Mapping[str, str], name: str, default: float) -> float:
    """A time limit in seconds, above 0 and at most 30."""
    text = options.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = math.nan
    if not 0 < value <= LONGEST_TIMEOUT_S:
        raise Misconfigured(
            f"option '{name}' is not a number of seconds above 0 and up to {LONGEST_TIMEOUT_S:.0f}, e.g. {name}=10"
        )
    return value


def port(options: Mapping[str, str], name: str, default: int) -> int:
    """A TCP port."""
    text = options.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Misconfigured(f"option '{name}' is not a port, e.g. {name}=587")
    return int(text)


def one_of(options: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """One of these words, letter case aside; the first is the default."""
    value = options.get(name, "").strip().lower() or choices[0]
    if value not in choices:
        raise Misconfigured(f"option '{name}' is none of {', '.join(choices)}, e.g. {name}={choices[0]}")
    return value
