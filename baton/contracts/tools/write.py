"""What every write is handed beside its inputs, so that it is done once."""

from pydantic import Field

from ..wire import Wire


class Write(Wire):
    """The idempotency key of an effect. The run fills these fields in: they are no inputs of a plan."""

    key: str = Field(description="business id / step / revision / round: the same for every repeat")
    earlier_keys: list[str] = Field(default=[], description="keys of earlier rounds: looked up before anything is done")
    unknown_keys: list[str] = Field(
        default=[], description="keys of which nobody can tell what they did: nothing is done before that is settled"
    )
    only_look: bool = Field(default=False, description="say whether it was done, and do nothing")


KEY_FIELDS = frozenset(Write.model_fields)
