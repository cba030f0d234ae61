"""What a person did without: until somebody speaks again that action is not proposed, and all else is."""

from baton.contracts.enquiry import ProposeResolution
from baton.contracts.orders import Action
from baton.contracts.setback import Setback

from .intents import FITTING


def left_out(ask: ProposeResolution) -> list[Setback]:
    """What was given up since a reviewer or the customer spoke last: to propose it again would only repeat it."""
    return [each for each in ask.setbacks or [] if each.kind == "given_up" and not each.heard]


def was_left_out(action: Action, ask: ProposeResolution) -> bool:
    """Whether a person did without an action of this kind on this order."""
    return any((each.action_kind, each.order_id) == (action.kind, action.order_id) for each in left_out(ask))


def is_left_out(at: int, ask: ProposeResolution) -> bool:
    """Whether all that a request can come to was left out."""
    fitting = FITTING.get(ask.reading.requests[at].kind, ())
    without = {each.order_id for each in left_out(ask) if each.action_kind in fitting}
    orders = next((one.order_ids for one in ask.choice.chosen if one.request == at), []) if ask.choice else []
    return bool(orders) and without.issuperset(orders)


def turned_down(ask: ProposeResolution) -> list[str]:
    """Why nothing at all is proposed: nothing else is asked for. Of an older run any line may say so of anything."""
    if ask.setbacks is None:
        return ask.feedback
    all_of_it = all(is_left_out(at, ask) for at in range(len(ask.reading.requests)))
    return [each.text for each in left_out(ask) if all_of_it or not each.order_id]


def silences(ask: ProposeResolution) -> list[str]:
    """What a reply to the rest does not speak of, for the reviewer."""
    return [f"{each.text}; the reply does not speak of it" for each in left_out(ask)]
