"""Messages as they come in and go out."""

from datetime import datetime

from pydantic import Field

from .wire import MaskedText, Wire


class Attachment(Wire):
    """What came with a message: named and measured, its bytes stay where they are."""

    filename: MaskedText
    content_type: str
    size_bytes: int


class Message(Wire):
    """One message from outside, card numbers masked. `automatic` quotes the header that shows a machine wrote it."""

    text: MaskedText
    subject: MaskedText = ""
    from_address: str | None = None
    from_name: MaskedText = ""
    reply_to: str | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: list[str] = []
    received_at: datetime | None = None
    attachments: list[Attachment] = []
    automatic: str | None = Field(
        default=None, description="header that proves a machine wrote it, e.g. 'Auto-Submitted: auto-replied'"
    )
    html_only: bool = False
    hidden: MaskedText = Field(default="", description="words of an HTML mail that its reader does not see; never read")


class OutgoingMail(Wire):
    """A mail that we send: plain text, threaded under the message that it answers."""

    to: str
    subject: str
    body: str
    in_reply_to: str | None = None
    references: list[str] = []
