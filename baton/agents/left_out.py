"""What a person did without: until somebody speaks again that action is not proposed, and all else is."""

from baton.contracts.enquiry import ProposeResolution
from baton.contracts.orders import Action, ActionKind
from baton.contracts.setback import Setback

from .intents import FITTING


def left_out(ask: ProposeResolution) -> list[Setback]:
    """What was given up since a reviewer or the customer spoke last, and what was taken back for it."""
    lately = [each for each in ask.setbacks or [] if not each.heard]
    given_up = any(each.kind == "given_up" for each in lately)
    return [each for each in lately if each.kind in ("given_up", "taken_back")] if given_up else []


def was_left_out(action: Action, ask: ProposeResolution) -> bool:
    """Whether a person did without an action of this kind on this order."""
    return (action.kind, action.order_id) in _left_out(ask)


def is_left_out(at: int, ask: ProposeResolution) -> bool:
    """Whether all that a request can come to was left out."""
    return _is_among(_left_out(ask), at, ask)


def turned_down(ask: ProposeResolution) -> list[str]:
    """Why nothing is proposed: all else is done, or was not asked for. Of an older run any line may say so of all."""
    if ask.setbacks is None:
        return ask.feedback
    settled = _left_out(ask) | {(each.action.kind, each.action.order_id) for each in ask.done}
    nothing_else = all(_is_among(settled, at, ask) for at in range(len(ask.reading.requests)))
    return [each.text for each in left_out(ask) if nothing_else or not each.order_id]


def silences(ask: ProposeResolution) -> list[str]:
    """What a reply to the rest does not speak of, for the reviewer."""
    return [f"{each.text}; the reply does not speak of it" for each in left_out(ask)]


def _left_out(ask: ProposeResolution) -> set[tuple[ActionKind | None, str]]:
    return {(each.action_kind, each.order_id) for each in left_out(ask)}


def _is_among(settled: set[tuple[ActionKind | None, str]], at: int, ask: ProposeResolution) -> bool:
    """Whether a request comes to one of these on each of its orders."""
    orders = next((one.order_ids for one in ask.choice.chosen if one.request == at), []) if ask.choice else []
    kinds = FITTING.get(ask.reading.requests[at].kind, ())
    return bool(orders) and all(any((kind, order) in settled for kind in kinds) for order in orders)
