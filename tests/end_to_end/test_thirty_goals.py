"""Goals in ordinary words over the demo systems: planned or rightly asked about, run, answered.

What becomes of each is docs/thirty-goals.md, written anew by `uv run python -m tests.end_to_end.test_thirty_goals`.
"""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client

from baton.cli.planning import cards_for, cards_for_plans, goal_plan
from baton.cli.shapes import GoalPlan
from baton.contracts import names
from baton.contracts.goal import GoalStart
from baton.contracts.outcome import GoalResult
from baton.contracts.plan import Plan
from baton.contracts.review import Actor, Decision, Review
from baton.contracts.wire import Wire
from workflows.goal import GoalWorkflow

from .office import ROOT, Office, at_most, office

LONGEST_S = 60
PAGE = ROOT / "docs" / "thirty-goals.md"
HEAD = """\
# Goals, and what becomes of them

Each of these is planned as `plan "GOAL"` does it, and run over the demo systems, by a test that holds this page too
(tests/end_to_end/test_thirty_goals.py wrote it). `*`: once for each item of a list; `!`: a person approves first.
Where a step could not be done the person at hand went on without it. Of the answer stands here what it comes to.

| goal | what becomes of it | steps | answer |
| --- | --- | --- | --- |
"""


class Case(Wire):
    """A goal, and what becomes of it: its steps and words of its answer, or the question, the reason, the enquiry."""

    goal: str
    steps: str = ""
    says: str = ""
    outcome: str = "reached"
    asked: str = ""
    choose: int | None = None
    impossible: str = ""
    enquiry: str = ""

    @property
    def row(self) -> str:
        """Its line of the page."""
        became = "planned"
        if self.enquiry:
            became = f"an enquiry, about: {self.enquiry}; the coded process does it"
        elif self.impossible:
            became = f"refused: {self.impossible}"
        elif self.asked:
            became = f"asked: {self.asked}{f'; choice {self.choose} is planned' if self.choose else ''}"
        steps = " ".join(f"`{each}`" for each in self.steps.split())
        part = "in part: " if self.outcome == "in_part" else ""
        return f"| {self.goal} | {became} | {steps} | {part}{self.says} |".replace("  |", " |")


CASES = [
    Case.model_validate(each) for each in json.loads(Path(__file__).with_name("thirty_goals.json").read_text("utf-8"))
]


def page() -> str:
    """The page of all of them."""
    return HEAD + "".join(f"{case.row}\n" for case in CASES)


async def test_every_goal_is_planned_or_rightly_asked_about_run_and_answered(client: Client, tmp_path: Path) -> None:
    async with office(client, tmp_path) as shop:
        before = await shop.performed()
        wrong = await at_most(8, [_in_time(shop, case) for case in CASES])
        done = await shop.performed()
    assert not any(wrong), "\n".join(line for line in wrong if line)
    assert (len(before), len(done)) == (0, 5), "what was approved, and nothing else"


def test_the_page_shows_each_of_them() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "uv run python -m tests.end_to_end.test_thirty_goals"
    assert len(CASES) >= 30


async def _in_time(shop: Office, case: Case) -> str:
    try:
        async with asyncio.timeout(LONGEST_S):
            return await _became(shop, case)
    except TimeoutError:
        return f"{case.goal}: it did not end"


async def _became(shop: Office, case: Case) -> str:
    """What is wrong with what became of the goal; empty when nothing is."""
    made = await goal_plan(shop.settings, case.goal, None, may_ask=False)
    if case.asked:
        if made.outcome != "unsure" or case.asked not in made.why:
            return f"{case.goal}: not asked, {made.outcome}: {made.why}"
        if case.choose is None:
            return ""
        made = await goal_plan(shop.settings, case.goal, case.choose, may_ask=False)
    for outcome, why in (("impossible", case.impossible), ("enquiry", case.enquiry)):
        if why:
            return "" if made.outcome == outcome and why in made.why else f"{case.goal}: {made.outcome}: {made.why}"
    if made.plan is None or made.faults or _steps(made) != case.steps:
        return f"{case.goal}: {made.outcome} {made.why} {_steps(made)} {made.faults}"
    result = await _carried_out(shop, made.plan)
    answer = result.answer
    said = "\n".join([*(each.text for each in answer.statements), *answer.missing]) if answer else ""
    if result.outcome != case.outcome or case.says not in said:
        return f"{case.goal}: {result.outcome}: {result.summary}: {said}"
    return ""


def _steps(made: GoalPlan) -> str:
    steps = made.plan.steps if made.plan else []
    return " ".join(f"{each.capability}{'*' * bool(each.for_each)}{'!' * each.review}" for each in steps)


async def _carried_out(shop: Office, plan: Plan) -> GoalResult:
    goal_id = f"{names.GOAL_IDS}{uuid4().hex[:12]}"
    handle = await shop.client.start_workflow(
        GoalWorkflow.run,
        GoalStart(
            goal_id=goal_id,
            plan=plan,
            received_at=datetime.now(UTC),
            cards=cards_for(plan, cards_for_plans(shop.settings).values(), shop.settings),
        ),
        id=names.workflow_id(goal_id),
        task_queue=shop.settings.task_queue,
    )
    ending = asyncio.ensure_future(handle.result())
    while not ending.done():
        for review in await handle.query(GoalWorkflow.reviews):
            if review.status == "open":
                await handle.signal(names.DECIDE_REVIEW, _decision(review))
        await asyncio.wait([ending], timeout=0.2)
    return await ending


def _decision(review: Review) -> Decision:
    """Approves, answers yes, and goes on without what failed."""
    choice = next(each for each in ("approve", "answer", "skip", "abort") if review.choice(each))
    return Decision(
        decision_id=f"{review.review_id}/{review.revision}",
        review_id=review.review_id,
        revision=review.revision,
        subject_digest=review.subject_digest,
        choice=choice,
        value="yes" if choice == "answer" else None,
        actor=Actor(id="nomsa"),
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
