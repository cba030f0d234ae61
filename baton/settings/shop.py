"""Settings of the shop: how it writes, whom it trusts, how long it waits, and how much a goal may do."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings

from baton.contracts.plan import MOST_STEPS

from .about import About
from .values import MailAddress, ReadableFile, Widths, lower


class ShopSettings(BaseSettings):
    """How business is done."""

    shop_name: Annotated[str, Field(min_length=1), About("the shop's name in mails", example="Karoo Outfitters")] = (
        "Our shop"
    )
    shop_signature: Annotated[
        str,
        About("last lines of every mail; `\\n` starts a new line", example=r"Kind regards\nThe Karoo team"),
    ] = r"Kind regards\nCustomer service"
    mail_from: Annotated[
        MailAddress, About("sender of every mail, with or without a name", example="Our Shop <service@your-shop.co.za>")
    ] = "service@shop.example"
    policy_file: Annotated[
        ReadableFile | None,
        About("Markdown file with the shop's policy; unset: the one that ships", example="policy.md"),
    ] = None

    ask_customer: Annotated[
        Literal["review", "auto"],
        BeforeValidator(lower),
        About(
            "`review`: a person approves each question to a customer; `auto`: a fixed text without any fact goes out",
            example="review",
        ),
    ] = "review"
    trust: Annotated[
        Literal["verified", "named"],
        BeforeValidator(lower),
        About(
            "`verified`: facts go only to an address on file; `named`: also to a sender who names the customer",
            example="verified",
        ),
    ] = "verified"
    question_rounds: Annotated[
        int,
        Field(ge=0, le=5),
        About("questions to a customer before a person takes over", example="2", unit="questions"),
    ] = 2
    reply_deadline_hours: Annotated[
        int, Field(ge=1, le=8760), About("how long to wait for a customer's answer", example="72", unit="hours")
    ] = 72
    review_due_hours: Annotated[
        int, Field(ge=1, le=8760), About("when an unanswered review counts as overdue", example="24", unit="hours")
    ] = 24

    most_steps: Annotated[
        int, Field(ge=1, le=10_000), About("steps that a plan may have at most", example="200", unit="steps")
    ] = MOST_STEPS
    queue_widths: Annotated[
        Widths,
        About(
            "most steps of one goal at the same time on a task queue, the usual one too; unset: what the plan says",
            example="baton=20,slow-crm=2",
        ),
    ] = ""

    @property
    def widths(self) -> dict[str, int]:
        """Most steps of one goal at the same time, by task queue."""
        return {
            queue: int(width)
            for queue, _, width in (each.partition("=") for each in self.queue_widths.split(",") if each)
        }

    @property
    def signature(self) -> str:
        """The last lines of a mail, with real line breaks."""
        return self.shop_signature.replace("\\n", "\n")
