"""A plan as a Mermaid flowchart, coloured by the state of its steps. Pure: a workflow's details may show it."""

from collections.abc import Mapping
from typing import Literal

from baton.contracts.plan import Plan, PlanStep

from .checks.links import links_of

StepState = Literal["waiting", "running", "in_review", "done", "failed", "skipped"]

MOST_DRAWN = 100
"""Steps: more would be a picture that nobody can read."""
MOST_LINKS = 400
"""Mermaid refuses a flowchart of more than 500 edges."""
_LONGEST_LABEL = 60

_COLOURS: dict[StepState, str] = {
    "waiting": "fill:#eeeeee,stroke:#999999,color:#333333",
    "running": "fill:#cfe8ff,stroke:#1f6fb2,color:#123a5c",
    "in_review": "fill:#fff3c4,stroke:#b58900,color:#5c4600",
    "done": "fill:#d3f2d6,stroke:#2e7d32,color:#173f19",
    "failed": "fill:#fbd5d5,stroke:#b3261e,color:#5f1412",
    "skipped": "fill:#ffffff,stroke:#bbbbbb,color:#888888,stroke-dasharray:4 3",
}


def mermaid(plan: Plan, states: Mapping[str, StepState] | None = None) -> str:
    """The flowchart, without a fence. Steps by their ids in `states`; what is not there is waiting."""
    known = states or {}
    drawn = plan.steps[:MOST_DRAWN]
    lines = ["flowchart LR", *(f"  {_node(place, step)}" for place, step in enumerate(drawn))]
    pairs = dict.fromkeys((link.source, link.step) for link in links_of(drawn))
    lines += [f"  s{source} --> s{step}" for source, step in list(pairs)[:MOST_LINKS]]
    left_out = len(plan.steps) - len(drawn)
    if left_out:
        lines.append(f'  more["and {left_out} more steps"]')
    if len(pairs) > MOST_LINKS:
        lines.append(f'  links["{len(pairs) - MOST_LINKS} arrows are not drawn"]')
    for state, colours in _COLOURS.items():
        there = [f"s{place}" for place, step in enumerate(drawn) if known.get(step.id, "waiting") == state]
        if there:
            lines += [f"  classDef {state} {colours}", f"  class {','.join(there)} {state}"]
    return "\n".join(lines)


def _node(place: int, step: PlanStep) -> str:
    """A step with a review is a hexagon, one for each item a stack."""
    label = _escaped(step.id) + (f"<br/>{_escaped(step.intent or step.capability)}")
    opened, closed = ("{{", "}}") if step.review else ("[[", "]]") if step.for_each else ("[", "]")
    return f's{place}{opened}"{label}"{closed}'


def _escaped(text: str) -> str:
    """Letters, digits and a few signs as they are; all else by its number, so that no text can leave its label."""
    cut = text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
    return "".join(
        letter if letter.isalnum() or letter in " .,:_-/…" else f"#{ord(letter)};" if letter.isprintable() else " "
        for letter in cut
    )
