"""A plan as a Mermaid flowchart, coloured by the state of its steps. Pure: drawn whenever somebody looks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from baton.contracts.plan import MOST_STEPS, Plan, PlanStep
from workflows.scheduling import predecessors

StepState = Literal["not_begun", "running", "waiting", "done", "failed", "skipped"]
"""`waiting`: for a person, or for its time; `failed`: also one of whose items some could not be done."""

MOST_DRAWN = MOST_STEPS
"""Steps: a plan that may have more is drawn in part."""
FEW = 40
"""Steps: a larger plan is shown wave by wave where there is little room."""
MOST_LINKS = 400
"""Mermaid refuses a flowchart of more than 500 edges."""
LONGEST = 50_000
"""Characters: Mermaid refuses a longer text."""
_LONGEST_LABEL = 60

_COLOURS: dict[StepState, str] = {
    "not_begun": "fill:#eeeeee,stroke:#999999,color:#333333",
    "running": "fill:#cfe8ff,stroke:#1f6fb2,color:#123a5c",
    "waiting": "fill:#fff3c4,stroke:#b58900,color:#5c4600",
    "done": "fill:#d3f2d6,stroke:#2e7d32,color:#173f19",
    "failed": "fill:#fbd5d5,stroke:#b3261e,color:#5f1412",
    "skipped": "fill:#ffffff,stroke:#bbbbbb,color:#888888,stroke-dasharray:4 3",
}


def mermaid(plan: Plan, states: Mapping[str, StepState] | None = None) -> str:
    """The flowchart, without a fence. Steps by their ids in `states`; what is not there has not begun."""
    known = states or {}
    drawn = plan.steps[:MOST_DRAWN]
    at = _places(drawn)
    lines = ["flowchart LR", *(f"  {_node(place, step)}" for place, step in enumerate(drawn))]
    pairs = [(at[each], place) for place, step in enumerate(drawn) for each in predecessors(step) if each in at]
    lines += [f"  s{source} --> s{step}" for source, step in pairs[:MOST_LINKS]]
    left_out = len(plan.steps) - len(drawn)
    if left_out:
        lines.append(f'  more["and {left_out} more steps"]')
    if len(pairs) > MOST_LINKS:
        lines.append(f'  links["{len(pairs) - MOST_LINKS} arrows are not drawn"]')
    text = "\n".join([*lines, *_coloured([known.get(step.id, "not_begun") for step in drawn], "s")])
    return text if len(text) <= LONGEST else mermaid_by_wave(plan, known)


def mermaid_by_wave(plan: Plan, states: Mapping[str, StepState] | None = None) -> str:
    """The same in few words: a node for all steps that could start together, with how many are in which state."""
    known = states or {}
    waves = [Counter(known.get(step.id, "not_begun") for step in wave) for wave in _waves(plan.steps)]
    drawn = waves[:FEW]
    lines = ["flowchart LR"]
    for number, wave in enumerate(drawn):
        count = wave.total()
        said = ", ".join(f"{wave[state]} {state.replace('_', ' ')}" for state in _COLOURS if wave[state])
        lines.append(f'  w{number}["wave {number + 1}: {count} step{"s" * (count != 1)}<br/>{said}"]')
    lines += [f"  w{number} --> w{number + 1}" for number in range(len(drawn) - 1)]
    if len(waves) > len(drawn):
        lines.append(f'  more["and {len(waves) - len(drawn)} more waves"]')
    return "\n".join([*lines, *_coloured([_of_all(wave) for wave in drawn], "w")])


def _coloured(states: Sequence[StepState], letter: str) -> Iterator[str]:
    for state, colours in _COLOURS.items():
        there = [f"{letter}{place}" for place, each in enumerate(states) if each == state]
        if there:
            yield from (f"  classDef {state} {colours}", f"  class {','.join(there)} {state}")


def _of_all(wave: Mapping[StepState, int]) -> StepState:
    """What most needs a look; one that is partly done runs."""
    there = [state for state in _COLOURS if wave.get(state)]
    for state in ("failed", "waiting", "running"):
        if state in there:
            return state
    if "not_begun" in there:
        return "not_begun" if len(there) == 1 else "running"
    return "done" if "done" in there else "skipped"


def _waves(steps: Sequence[PlanStep]) -> list[list[PlanStep]]:
    """The steps by the longest chain before them. Of a plan that was refused: what waits in a circle comes last."""
    at = _places(steps)
    before = [{at[each] for each in predecessors(step) if each in at} for step in steps]
    waves: list[list[PlanStep]] = []
    left, settled = list(range(len(steps))), set[int]()
    while left:
        wave = [place for place in left if before[place] <= settled] or left
        waves.append([steps[place] for place in wave])
        settled.update(wave)
        left = [place for place in left if place not in settled]
    return waves


def _places(steps: Sequence[PlanStep]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, step in enumerate(steps):
        places.setdefault(step.id, place)
    return places


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
