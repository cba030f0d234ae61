"""A plan as a person reads it: its waves, who does each step and why, what it takes. Text; Mermaid is beside it."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from baton.contracts.agents import Choice
from baton.contracts.plan import Condition, Plan, PlanCard, PlanStep

from .checks.links import named_by
from .checks.telling import few
from .waves import waves_of

_MOST_DRAWN = 200
_LONGEST_LINE = 160


def tree(plan: Plan, cards: Mapping[str, PlanCard], chosen: Mapping[str, Choice] | None = None) -> str:
    """The plan wave by wave. `chosen`: who takes a step and why, by the step's id; else the capability's own agent."""
    waves = waves_of(plan.steps)
    lines = [_shown(plan.goal), _in_figures(plan, cards, len(waves))]
    drawn = 0
    for number, wave in enumerate(waves, start=1):
        room = _MOST_DRAWN - drawn
        if room <= 0:
            break
        drawn += min(room, len(wave))
        lines.append(f"Wave {number}")
        lines += _branches(wave[:room], cards, chosen or {})
    if len(plan.steps) > drawn:
        lines.append(f"… and {len(plan.steps) - drawn} more steps")
    return "\n".join(lines)


def _branches(steps: Sequence[PlanStep], cards: Mapping[str, PlanCard], chosen: Mapping[str, Choice]) -> list[str]:
    lines = []
    for step in steps:
        last = step is steps[-1]
        choice = chosen.get(step.id)
        card = cards.get(choice.card.name if choice else step.capability)
        lines.append(_shown(f"{'└─' if last else '├─'} {step.id}: {_what(step, card)}"))
        more = [*_how(step, card), *([choice.why] if choice else [])]
        if more:
            lines.append(_shown(f"{'   ' if last else '│  '}   {'; '.join(more)}"))
    return lines


def _what(step: PlanStep, card: PlanCard | None) -> str:
    intent = f"{step.intent} " if step.intent else ""
    if card is None:
        return f"{intent}[{step.capability}]"
    by = f", by {card.agent}" if card.agent else ""
    return f"{intent}[{card.name}{by}]"


def _how(step: PlanStep, card: PlanCard | None) -> list[str]:
    after = list(dict.fromkeys(said.step for said in named_by(step)))
    effect = (
        ""
        if card is None or not card.writes
        else "cannot be taken back"
        if card.effect == "irreversible"
        else "a write"
    )
    return [
        words
        for words, holds in (
            (f"after {few(after)}", after),
            (f"for each of {step.for_each.source}" if step.for_each else "", step.for_each),
            ("only when " + " and ".join(map(_asked, step.when)), step.when),
            (effect, effect),
            ("a person approves first", step.review),
            ("may be left out", step.optional),
            (f"costs {card.cost:f}" if card else "", card and card.cost),
        )
        if holds
    ]


def _asked(condition: Condition) -> str:
    """`ask.text == "no"`."""
    if condition.op in ("is_null", "not_null", "empty", "not_empty"):
        return f"{condition.fact} is {condition.op.removeprefix('is_').replace('_', ' ')}"
    return f"{condition.fact} {condition.op} {json.dumps(condition.value, ensure_ascii=False)[:40]}"


def _in_figures(plan: Plan, cards: Mapping[str, PlanCard], waves: int) -> str:
    steps = len(plan.steps)
    cost = sum((cards[step.capability].cost for step in plan.steps if step.capability in cards), Decimal(0))
    said = [f"{steps} step{'s' * (steps != 1)} in {waves} wave{'s' * (waves != 1)}"]
    said += [f"for {few(plan.wanted)}"] if plan.wanted else []
    said += [f"costs {cost:f}, each step done once"] if cost else []
    return _shown("; ".join(said))


def _shown(text: str) -> str:
    """One line, cut where it is too long: a plan's words may be any."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[: _LONGEST_LINE + 1])
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"
