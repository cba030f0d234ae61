"""Mail for plans: one that a person approved goes out once."""

from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Mailbox
from baton.contracts.tools.messages import MailHandedOver, SendMail

from ..capability import tool
from ..once import Ledger, Once


class MailTools:
    """Sends mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        # SMTP knows no keys: whoever hands a mail over twice has sent it twice.
        self._ledger = Ledger(mailbox.find_sent, same_key_is_safe=False)

    @tool(agent="mail", effect="irreversible", typical_s=0.5, no_undo="a mail cannot be called back")
    async def send_mail(self, given: SendMail) -> MailHandedOver:
        """Send a mail, word for word."""
        mail = OutgoingMail(
            to=given.to,
            subject=given.subject,
            body=given.body,
            in_reply_to=given.in_reply_to,
            references=[given.in_reply_to] if given.in_reply_to else [],
        )
        once = Once(self._ledger, given)
        sent = await once.look_up() or await once.dispatch(lambda: self._mailbox.send(mail, key=given.key))
        return MailHandedOver(message_id=sent.message_id)
