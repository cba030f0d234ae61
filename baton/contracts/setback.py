"""What a run itself says of an earlier proposal, beside what people said of it."""

from typing import Literal

from pydantic import Field

from .orders import Action, ActionKind
from .wire import Wire

SetbackKind = Literal["forbidden", "changed", "given_up", "taken_back", "stands"]
"""The policy forbids it; its order changed since it was approved; a person did without it; what was done is undone; it
is not, and stays done."""


class Setback(Wire):
    """Something of a proposal that did not come about as it was wanted. Words of others may stand in the text."""

    kind: SetbackKind
    text: str
    action_id: str = Field(default="", description="of what was given up or taken back; empty in an older run")
    action_kind: ActionKind | None = None
    order_id: str = ""
    heard: bool = Field(default=False, description="a reviewer or the customer spoke since: it may be proposed again")


def of_action(action: Action, kind: SetbackKind, text: str) -> Setback:
    """What became of one action."""
    return Setback(kind=kind, text=text, action_id=action.action_id, action_kind=action.kind, order_id=action.order_id)
