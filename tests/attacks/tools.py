"""An agent of one's own that passes on what an outside system says."""

from pydantic import BaseModel

from baton.agents import agent

from .attack import attacks
from .loop import loop_attacks


class Asked(BaseModel):
    """Which attack it is."""

    about: str


class Heard(BaseModel):
    """What was said."""

    text: str


@agent(by="a neighbour's system")
async def hear(given: Asked) -> Heard:
    """Ask the neighbour's system."""
    known = [*attacks(), *loop_attacks()]
    return Heard(text=next(attack.words() for attack in known if attack.name == given.about))
