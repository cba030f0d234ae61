"""A note in a customer's history, and a mail that goes out."""

from pydantic import Field

from ..named import CrmEntryId, CustomerId, EmailAddress, MessageId
from ..wire import MaskedText, Wire
from .write import Write


class LogNote(Write):
    """One line for the CRM."""

    text: MaskedText = Field(min_length=1)
    customer_id: CustomerId | None = Field(default=None, description="whose history it belongs to")


class NoteLogged(Wire):
    """The CRM's receipt."""

    entry_id: CrmEntryId
    statement: str = "A note was written into the CRM"


class SendMail(Write):
    """A mail, word for word as it goes out."""

    to: EmailAddress
    subject: MaskedText = Field(min_length=1)
    body: MaskedText = Field(min_length=1, description="plain text")
    in_reply_to: MessageId | None = Field(default=None, description="Message-ID of the mail that it answers")


class MailHandedOver(Wire):
    """The mail system took the mail over."""

    message_id: MessageId
    statement: str = "The mail was sent"
