"""Where in a module a marked function stands: a fault names the line to mend, and shows it."""

import ast
import inspect
import linecache
import textwrap
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with an agent of one's own."""

    place: str
    said: str
    source: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}\n    {self.source}\n    → {self.mend}"


def fault_at(function: Any, said: str, mend: str, keyword: str | None = None) -> Fault:
    """A fault at the function's `def`, or at a keyword of its `@agent(…)`; at the mark itself where that is missing."""
    line = _line_of(function, keyword)
    source = linecache.getline(function.__code__.co_filename, line).strip()
    return Fault(f"{function.__module__}:{line}", f"{function.__name__}: {said}", source, mend)


def _line_of(function: Any, keyword: str | None) -> int:
    first: int = function.__code__.co_firstlineno
    try:
        lines, first = inspect.getsourcelines(function)
        (defined,) = ast.parse(textwrap.dedent("".join(lines))).body
    except (OSError, SyntaxError, ValueError):
        return first
    if not isinstance(defined, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return first
    if keyword is None:
        return first + defined.lineno - 1
    calls = [each for each in defined.decorator_list if isinstance(each, ast.Call)]
    written = [each.value.lineno for call in calls for each in call.keywords if each.arg == keyword]
    return first + next(iter(written or [call.lineno for call in calls]), 1) - 1
