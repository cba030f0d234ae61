"""A plan is checked, its steps are assigned, and a person sees it where that is wanted, before anything of it runs."""

from collections.abc import Sequence

from temporalio import workflow

from baton.contracts import names
from baton.contracts.goal import CheckPlan, PlanChecked
from baton.contracts.plan import Plan, PlanFault
from baton.contracts.review import Decision, Review, ReviewChoice
from baton.contracts.sizes import MOST_SUBJECT, size_of
from workflows.review_desk import ReviewDesk
from workflows.schema_check import closed_schema
from workflows.step import RunAborted
from workflows.step_runner import StepRunner

from .changes import Changes
from .goal_run import GoalRun

REVIEW = "plan"
MADE = "plan/made"
_STAGE = "review of the plan"


class Acceptance:
    """Accepts a plan once; a run that goes on anew does not ask again."""

    def __init__(self, run: GoalRun, steps: StepRunner, desk: ReviewDesk, changes: Changes) -> None:
        self._run = run
        self._steps = steps
        self._desk = desk
        self._changes = changes

    async def check(self) -> list[PlanFault]:
        """All that is wrong with the plan; nothing when it may run. Raises RunAborted when a person rejects it."""
        state, start = self._run.state, self._run.start
        if state.accepted:
            return []
        if start.planned_by is not None and self._run.fact(MADE) is None:
            made_by = start.planned_by
            self._run.know(MADE, made_by.model_dump(mode="json"), type_="PlannedBy", agent=made_by.agent)
            self._run.note("done", made_by.words, step=MADE, title="Plan the goal", agent=made_by.agent)
        self._run.stage("checking the plan")
        checked = await self._checked("plan/check", start.plan)
        if checked.faults:
            return checked.faults
        if start.options.review_plan or start.planned_by is not None:
            await self._reviewed()
        state.accepted = True
        state.began_at = workflow.now()
        return []

    async def _checked(self, key: str, plan: Plan, *, others_too: bool = False) -> PlanChecked:
        wanted = CheckPlan(
            plan=plan,
            cards=self._run.carried_cards,
            most_steps=self._run.start.options.most_steps,
            others_too=others_too,
        )
        return await self._steps.run(
            names.CHECK_PLAN, key=key, given=wanted.model_dump(mode="json"), summary="Check the plan"
        )

    async def _reviewed(self) -> None:
        """Until a person approves the plan, or writes one that may run.

        One with faults is shown to them again; and so is the new one, when something else is wanted meanwhile.
        """
        self._run.stage(_STAGE)
        plan, faults = self._run.plan, list[PlanFault]()
        while True:
            while self._changes.waiting:
                # Not in a run that went on without: what its search attributes show is in its history.
                if workflow.patched("a-change-has-its-stage"):
                    self._run.stage("change of the goal")
                await self._changes.take_next()
                plan, faults = self._run.plan, []
            if self._run.state.stage != _STAGE:
                self._run.stage(_STAGE)
            number = self._number()
            decision = await self._desk.decision(self._open(number, plan, faults))
            if decision is None and not self._changes.waiting:
                raise RunAborted("nobody is asked about its plan any more")
            if decision is not None and decision.choice == "approve":
                if not self._changes.waiting:
                    return
            elif decision is not None:
                plan = self._edited(decision)
                checked = await self._checked(f"plan/check/{number}", plan, others_too=True)
                faults = checked.faults
                if not faults and not self._changes.waiting:
                    self._run.take_plan(plan, checked.cards)
                    return
            self._run.state.plan_reviews = number

    def _number(self) -> int:
        """Of the review that is due; one that was taken back just before the run went on anew counts too."""
        taken_back = {
            review.revision
            for review in self._run.state.reviews
            if review.review_id == REVIEW and review.status == "superseded"
        }
        number = self._run.state.plan_reviews + 1
        while number in taken_back:
            number += 1
        return number

    def _edited(self, decision: Decision) -> Plan:
        if decision.choice == "reject":
            said = f": {decision.comment}" if decision.comment else ""
            raise RunAborted(f"{decision.actor.id} rejected the plan{said}")
        return Plan.model_validate(decision.value)

    def _open(self, number: int, plan: Plan, faults: Sequence[PlanFault]) -> Review:
        subject = plan.model_dump(mode="json")
        approve = ReviewChoice(id="approve", label="Carry out this plan")
        edit = ReviewChoice(id="edit", label="Carry out another plan", needs="value", schema=closed_schema(Plan))
        writes = [step.id for step in plan.steps if self._run.writes(step)]
        made_by = self._run.start.planned_by
        by_model = [made_by.words] if made_by is not None and plan == self._run.start.plan else []
        return self._desk.open(
            REVIEW,
            "plan",
            title="May this plan be carried out?" if not faults else "This plan may not run as it was written",
            summary=f"{plan.goal}: {len(plan.steps)} step{'s' * (len(plan.steps) != 1)}",
            subject=subject,
            subject_schema=closed_schema(Plan),
            choices=[
                *([] if faults else [approve]),
                *([edit] if size_of(subject) <= MOST_SUBJECT else []),
                ReviewChoice(id="reject", label="Do nothing of it, and end this goal"),
            ],
            revision=number,
            notes=[
                *by_model,
                *(f"{each.place or 'plan'}: {each.message}{f' ({each.hint})' * bool(each.hint)}" for each in faults),
            ],
            risk="medium" if writes or by_model else "low",
            risk_reasons=[
                *("a model made this plan" for _ in by_model),
                *(f"{each} changes something; a person approves it once more before" for each in writes),
            ],
        )
