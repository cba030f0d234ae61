"""What requests to models took, as a record tells it."""

from decimal import Decimal

from baton.cli.presenting.record import calls_in_words
from baton.contracts.models import ModelCall, PromptUsed


def call(price: str | None) -> ModelCall:
    return ModelCall(
        model="openai:gpt-5-mini",
        prompt=PromptUsed(name="read_enquiry", version="1", digest="0" * 64),
        input_tokens=600,
        output_tokens=95,
        seconds=1.55,
        price=Decimal(price) if price else None,
    )


def test_what_several_took_is_summed() -> None:
    told = calls_in_words([call("0.0003"), call("0.0003")])
    assert told == "2 requests, 1,200 tokens in, 190 out, 3.1 s, $0.0006, prompt read_enquiry 1"


def test_a_price_that_nobody_knows_is_not_nothing() -> None:
    assert "price unknown" in calls_in_words([call(None)])
    assert "$0.0003 and what is unknown" in calls_in_words([call("0.0003"), call(None)])
