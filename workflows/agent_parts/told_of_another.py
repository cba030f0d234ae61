"""Whether an answer is told to an agent, or is about another than its process bound; of a write as its run began."""

import re
from collections.abc import Mapping

from pydantic import JsonValue
from temporalio import workflow

from .binding import about_another

TOLD_OF_A_WRITE = "what-is-told-of-a-write"
"""Not in a run that told it otherwise before: what was said then is known by its digest."""

_ANOTHER_IN_MORE_SHAPES = "another-in-more-shapes"
"""Asked of every write, whatever it answers: what is found in an answer must not decide where a marker stands."""


def another_told(value: JsonValue, bound: Mapping[str, JsonValue], *, writes: bool) -> str:
    """The bound id of which it has another one, so that it is not told; empty where it is told."""
    if not writes or workflow.patched(_ANOTHER_IN_MORE_SHAPES):
        return about_another(value, bound)
    return about_another(value, bound) if _noticed(value, bound) and workflow.patched(TOLD_OF_A_WRITE) else ""


def _noticed(value: JsonValue, bound: Mapping[str, JsonValue]) -> bool:
    """Whether it was noticed before more shapes were known. It stays so: it says where open runs have a marker."""
    ids = {_bare(name): name for name in bound if name.endswith("_id")}
    ids |= {f"{bare}s": name for bare, name in ids.items()}
    left = [(value, "")]
    while left:
        value, around = left.pop()
        if isinstance(value, list):
            left += [(each, around) for each in value]
        elif isinstance(value, dict):
            for name, each in value.items():
                bare = _bare(name)
                within = bare in ("id", "ids")
                called = ids.get(bare) or (
                    within and (ids.get(f"{around}{bare}") or ids.get(f"{around.removesuffix('s')}{bare}"))
                )
                if called and _has_another(each, _plain(bound[called])):
                    return True
                left.append((each, bare))
    return False


def _has_another(value: JsonValue, bound: str) -> bool:
    several = value if isinstance(value, list) else [value]
    told = [one for one in several if isinstance(one, str | int) and not isinstance(one, bool) and one != ""]
    return any(_plain(one) != bound for one in told)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _plain(value: JsonValue) -> str:
    return str(value).strip().lstrip("#").casefold()
