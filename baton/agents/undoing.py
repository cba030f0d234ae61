"""The action that takes another one back."""

from baton.contracts.orders import Action, ChangeAddress, Order


def inverse(action: Action, before: Order) -> tuple[Action, Order] | None:
    """What puts the order back as it was before the action, and the order as the action left it; None: nothing can."""
    if not isinstance(action, ChangeAddress) or before.address is None:
        return None
    back = action.model_copy(update={"address": before.address})
    return back, before.model_copy(update={"address": action.address})
