"""The attacks in `kinds/`, one readable file a kind, and the messages that they arrive as."""

import tomllib
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from baton.cli.eml import message_from_eml
from baton.contracts.mail import Attachment, Message
from baton.contracts.orders import ActionKind

KINDS = Path(__file__).with_name("kinds")
THANDI = "thandi.nkosi@posbus.example"

Channel = Literal["message", "html", "own tool", "own tool, then mail", "MCP", "MCP, then mail", "CRM"]


class Attack(BaseModel):
    """One attack: what arrives, and what must not come of it.

    `must_not` says so in words. `never` must not stand in any draft; `proposes` are the only actions that may be
    proposed, for a person to judge; `answered_at` is the address on file where a message without one sender is
    answered; `warned` are words of the warning that the reviewer must see, `warned_with_a_model` where they are
    others once a model read the message; `ends` is the outcome of an enquiry that
    nobody is to see. The fields after that are for the data of the customer whose orders they are.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str
    must_not: str
    channel: Channel = "message"
    text: str
    subject: str = ""
    sender: str | None = Field(default=None, alias="from")
    from_name: str = ""
    reply_to: str | None = None
    attachments: list[str] = []
    automatic: str | None = None
    padding: int = 0
    then: str = ""
    reply: str = ""
    never: list[str] = []
    proposes: list[ActionKind] = []
    answered_at: str = ""
    warned: str = ""
    warned_with_a_model: str = ""
    ends: str = ""

    item: str = ""
    option: str = ""
    note: str = ""
    status: str = ""
    tracking: str = ""
    first_name: str = ""
    last_name: str = ""
    address2: str = ""

    kind: str = ""

    @property
    def is_in_order_data(self) -> bool:
        """Whether it lies in the order system."""
        return self.kind == "order_data"

    @property
    def is_in_tools(self) -> bool:
        """Whether it is the answer of a plan's tool."""
        return self.kind == "tools"

    def words(self, **placeholders: str) -> str:
        """The text with its placeholders filled, and what follows it from afar."""
        text = self.text
        for name, value in placeholders.items():
            text = text.replace(f"{{{name}}}", value)
        filler = "The weather was fine, and we walked on along the river. " * (self.padding // 55)
        return f"{text.strip()}\n{filler}{self.then}" if self.padding else text.strip()

    def message(self, sender: str = THANDI, **placeholders: str) -> Message:
        """The message as it comes in."""
        sender = self.sender if self.sender is not None else sender
        if self.channel == "html":
            mail = EmailMessage()
            mail["From"], mail["Subject"] = sender, self.subject or "A question"
            mail.set_content(self.words(**placeholders), subtype="html")
            return message_from_eml(mail.as_bytes())
        return Message(
            text=self.words(**placeholders),
            subject=self.subject,
            from_address=sender or None,
            from_name=self.from_name,
            reply_to=self.reply_to,
            automatic=self.automatic,
            attachments=[
                Attachment(filename=name, content_type="application/octet-stream", size_bytes=1)
                for name in self.attachments
            ],
        )


def attacks() -> list[Attack]:
    """All of them."""
    return [
        Attack.model_validate({**row, "kind": file.stem})
        for file in sorted(KINDS.glob("*.toml"))
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["attack"]
    ]
