"""Mail goes out: approved, word for word, threaded, once."""

from baton.contracts.enquiry import ReplySent, SendQuestion, SendReply
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Mailbox, Rejected

from .capability import capability
from .once import Keyed, Ledger, Once


class MailDesk:
    """Sends mail, and asks the mail system where it is not sure that it did."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        # SMTP knows no keys: whoever hands a mail over twice has sent it twice.
        self._ledger = Ledger(mailbox.find_sent, same_key_is_safe=False)

    @capability(
        agent="mail", effect="irreversible", attempt_s=60, no_undo="a mail cannot be called back", optional=True
    )
    async def send_reply(self, given: SendReply) -> ReplySent:
        """Send the approved reply."""
        mail = given.resolution().reply
        if mail is None:
            raise Rejected("the approved resolution has no reply")
        return await self._send(mail, given)

    @capability(agent="mail", effect="irreversible", attempt_s=60, no_undo="a mail cannot be called back")
    async def send_question(self, given: SendQuestion) -> ReplySent:
        """Send the question to the customer."""
        return await self._send(given.mail(), given)

    async def _send(self, mail: OutgoingMail, given: Keyed) -> ReplySent:
        once = Once(self._ledger, given)
        earlier = await once.look_up()
        if earlier is not None:
            return ReplySent(message_id=earlier.message_id, statement="was sent before")
        sent = await once.dispatch(lambda: self._mailbox.send(mail, key=given.key))
        return ReplySent(message_id=sent.message_id)
