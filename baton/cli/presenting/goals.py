"""What becomes of a goal: its plan with agents, reasons and cost; what it may mean; why it cannot be had."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from rich.text import Text

from baton.agents.planning.drawing import tree
from baton.cli.presenting.record import calls_in_words
from baton.cli.presenting.words import plural
from baton.cli.shapes import GoalPlan
from baton.contracts.agents import Choice
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan, PlanCard
from baton.contracts.planning import ASSIGNING, Assigned, Ranking
from baton.contracts.record import RunRecord, RunResult

MOST_ASSIGNED = 40
"""Steps of which a terminal says who takes them."""


def plan_lines(made: GoalPlan, known: Mapping[str, PlanCard]) -> Iterator[Text]:
    """The tree with its waves: who takes each step and why, who takes it when that one fails, cost and duration."""
    assert made.plan is not None
    yield from _by_model_lines(made)
    chosen = {
        each.step: (Choice(known[each.capability], each.why), each.then)
        for each in made.agents
        if each.capability in known
    }
    yield from plan_tree(made.plan, known, chosen)
    costs = f"costs about {made.cost}" if Decimal(made.cost) else "costs nothing"
    yield Text(f"It {costs}, and takes about {made.seconds:.1f} s, beside what people take.", "quiet")
    asks = sum(step.review for step in made.plan.steps)
    if asks:
        yield Text(f"A person approves {plural(asks, 'step')} first.", "wait")


def plan_tree(
    plan: Plan, known: Mapping[str, PlanCard], chosen: Mapping[str, tuple[Choice, Sequence[str]]]
) -> Iterator[Text]:
    """The waves of a plan. `chosen`: by a step's id who takes it and why, and who takes it when that one fails."""
    told = {step: Choice(choice.card, f"{choice.why}\n{_then(then, known)}") for step, (choice, then) in chosen.items()}
    for number, each in enumerate(tree(plan, known, told).splitlines()):
        yield Text(each, style="name" if number == 0 else "")


def _by_model_lines(made: GoalPlan) -> Iterator[Text]:
    if made.planned_by is None:
        return
    yield Text(f"The rules made no plan: {made.why}", style="quiet")
    yield Text(f"{made.planned_by.words}.", style="wait")
    yield Text(f"  {calls_in_words(made.planned_by.calls)}", style="quiet")
    yield Text("A person sees it, and approves it, before anything of it starts.", style="wait")
    if made.choices:
        yield Text("  --choose NUMBER takes one of the rules' readings instead, from 1.", style="quiet")
    yield Text()


def model_lines(said: str) -> Iterator[Text]:
    """That a model was asked, and why no plan came of it."""
    if said:
        yield Text(f"A model was to plan it too: {said}", style="warn")


def _then(others: Sequence[str], known: Mapping[str, PlanCard]) -> str:
    named = [f"{name} ({known[name].agent})" if name in known else name for name in others]
    return f"if it fails: {', then '.join(named)}" if named else ""


def choices_shown(question: str, labels: Sequence[str]) -> Iterator[Text]:
    """The question, and what may be chosen."""
    yield Text(question, style="wait")
    for number, label in enumerate(labels, start=1):
        yield Text.assemble((f"  {number}  ", "key"), label)


def impossible_lines(made: GoalPlan) -> Iterator[Text]:
    """That it cannot be had, and why."""
    yield Text("This cannot be had here:", style="bad")
    for reason in made.why.split("; "):
        yield Text(f"  {reason}")
    yield from model_lines(made.model_said)


def enquiry_lines(made: GoalPlan) -> Iterator[Text]:
    """That no plan is made, and what is done instead."""
    yield Text(f"This is an enquiry: {made.why}.", style="name")
    yield Text("  It runs as the coded process: read, resolve, a person approves, act, reply. Nothing is planned.")


def answer_lines(result: RunResult | None) -> Iterator[Text]:
    """Of a goal the answer, every statement with the step that it comes from, and what is missing."""
    answer = result.answer if isinstance(result, GoalResult) else None
    if answer is None:
        return
    yield Text()
    yield Text("The answer", style="name")
    for each in answer.statements:
        yield Text.assemble(f"  {each.text}", (f"  ← {each.step}", "quiet"))
    for missing in answer.missing:
        yield Text(f"  missing: {missing}", style="warn")
    for noted in answer.notes:
        yield Text(f"  noted: {noted}")


def rankings_in(record: RunRecord) -> list[Ranking]:
    """Who takes each step, as decided when a plan was accepted, or changed; of a step with several the last counts."""
    facts = [fact for fact in record.facts if fact.type in ASSIGNING and fact.value]
    return [each for fact in facts for each in Assigned.model_validate(fact.value).rankings]


def assigned_lines(record: RunRecord) -> Iterator[Text]:
    """Who takes each step of a goal's plan, first to last, with the reason of each, as decided when it was accepted."""
    rankings = rankings_in(record)
    if rankings:
        yield Text()
        yield Text("Who takes each step, first to last", style="name")
    for ranking in rankings[:MOST_ASSIGNED]:
        yield Text(f"  {ranking.step}")
        for number, each in enumerate(ranking.order, start=1):
            yield Text.assemble(f"    {number}. {each.capability}", (f"  {each.why}", "quiet"))
    if len(rankings) > MOST_ASSIGNED:
        yield Text(f"  and {plural(len(rankings) - MOST_ASSIGNED, 'step')} more: record --json has all", style="quiet")


def drawn_lines(record: RunRecord) -> Iterator[Text]:
    """A goal's plan as a Mermaid flowchart, coloured by the states of its steps, to be pasted where that is drawn."""
    if record.mermaid:
        yield Text()
        yield Text("```mermaid", style="quiet")
        yield from (Text(line, style="quiet") for line in record.mermaid.splitlines())
        yield Text("```", style="quiet")
