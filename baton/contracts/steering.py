"""What people tell a goal that is on its way: the arguments of its signals."""

from pydantic import Field

from .review import Actor
from .wire import MaskedText, Wire

MOST_TOLD = 100
"""Notes, and changes of the goal, that one run takes of each."""


class Note(Wire):
    """Something to know of a goal: the argument of the signal `add_note`. A second one of the same id is not taken."""

    text: MaskedText = Field(min_length=1, max_length=2_000)
    author: str = Field(min_length=1, max_length=200)
    note_id: str = Field(default="", max_length=100)


class GoalChange(Wire):
    """What is wanted instead, in words: the argument of the signal `change_goal`. The same id is taken once."""

    goal: MaskedText = Field(min_length=1, max_length=2_000)
    actor: Actor
    reason: MaskedText = Field(default="", max_length=2_000)
    change_id: str = Field(default="", max_length=100)
