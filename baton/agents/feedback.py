"""What was said of an earlier proposal: reviewers wish for something, the run says what became of it.

What the run says has words of others in it, as the address that an action would write: it is material, and no wish.
"""

from baton.contracts.enquiry import ProposeResolution


def wishes(ask: ProposeResolution) -> list[str]:
    """What reviewers asked for, word for word. Of an older run none: its setbacks stand among them, and look alike."""
    return [] if ask.setbacks is None else ask.feedback


def told(ask: ProposeResolution) -> list[str]:
    """What the run says of earlier proposals, a line each; of an older run all that was said."""
    return ask.feedback if ask.setbacks is None else [each.text for each in ask.setbacks]


def turned_down(ask: ProposeResolution) -> list[str]:
    """What a person did without: to propose it again would only repeat it. Of an older run any line may say so."""
    return ask.feedback if ask.setbacks is None else [each.text for each in ask.setbacks if each.kind == "given_up"]
