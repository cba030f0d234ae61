"""A step of next to nothing, for plans and by hand: what is left is what carrying out costs."""

from temporalio import activity

from activities.capability import capability, cards_of
from activities.retries import RULES
from baton.contracts.plan import Need, Plan, PlanCard
from baton.contracts.wire import Wire


class One(Wire):
    """A number to add one to."""

    value: int


class Number(Wire):
    """A number."""

    value: int


class AddsOne:
    """The step of a plan."""

    @capability(agent="Adder", retry=RULES, attempt_s=30)
    async def add_one(self, given: One) -> Number:
        """Add one."""
        return Number(value=given.value + 1)


@activity.defn
async def add_one_by_hand(given: One) -> Number:
    """Add one."""
    return Number(value=given.value + 1)


def card() -> PlanCard:
    """The card of the step."""
    (plain,) = cards_of([AddsOne])
    needs = {"inputs": {"value": Need(type="int")}, "parts": {"Number": {"value": "int"}}}
    return PlanCard.model_validate({**plain.model_dump(), **needs})


def planned(steps: int, *, side_by_side: bool) -> Plan:
    """So many steps: each for itself, or each with what the one before it gave."""
    values = [number if side_by_side or not number else {"from": f"s{number - 1}.value"} for number in range(steps)]
    return Plan.model_validate(
        {
            "goal": "Add",
            "at_once": steps,
            "steps": [
                {"id": f"s{number}", "capability": "add_one", "inputs": {"value": value}}
                for number, value in enumerate(values)
            ],
        }
    )
