"""What a model may say of a message: a customer's words, and answers that fit them or do not."""

from typing import Any

from baton.contracts.mail import Message

AFRIKAANS = Message(
    text="Goeie môre\n\nKanselleer asseblief bestelling #W1043118, ek het dit per ongeluk bestel.\n\n"
    "Groete\nThandi Nkosi",
    subject="My bestelling",
    from_address="thandi.nkosi@posbus.example",
)
CANCELS = "Kanselleer asseblief bestelling #W1043118"


def asks(kind: str, words: str, **more: Any) -> dict[str, Any]:
    """One request of an answer."""
    return {"kind": kind, "words": words, "order_numbers": [], "items": [], "context": [], "unsure": [], **more}


def read_as(*requests: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An answer with these requests."""
    return {
        "requests": list(requests),
        "names": [],
        "emails": [],
        "postcodes": [],
        "customer_ids": [],
        "order_numbers": [],
        "nothing_asked": None,
        "language": "en",
        **more,
    }


AFRIKAANS_READ = read_as(
    asks(
        "cancel",
        CANCELS,
        order_numbers=["#W1043118"],
        context=["ek het dit per ongeluk bestel"],
    ),
    names=["Thandi Nkosi"],
    order_numbers=["#W1043118"],
    language="af",
)
"""What a good model makes of it."""

MADE_UP = read_as(asks("return", "I want all my money back", order_numbers=["#W9999999"]))
"""What stands nowhere in the message."""
