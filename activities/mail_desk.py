"""Mail goes out: approved, word for word, threaded, once."""

from temporalio import activity

from baton.contracts.enquiry import ReplySent, SendQuestion, SendReply
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Mailbox, MailSent, OutcomeUnknown, Rejected, SystemFault, Unavailable

from .capability import WRITE, capability

SENDING, NOT_SENT = "sending", "not sent"
"""The last word of an attempt, kept by Temporal: it outlives the worker."""


class MailDesk:
    """Sends mail, and asks the mail system where it is not sure that it did."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    @capability(agent="mail", effect="irreversible", retry=WRITE, attempt_s=60, optional=True)
    async def send_reply(self, given: SendReply) -> ReplySent:
        """Send the approved reply."""
        mail = given.resolution().reply
        if mail is None:
            raise Rejected("the approved resolution has no reply")
        return await self._send(mail, given.key, given.earlier_keys)

    @capability(agent="mail", effect="irreversible", retry=WRITE, attempt_s=60)
    async def send_question(self, given: SendQuestion) -> ReplySent:
        """Send the question to the customer."""
        return await self._send(given.mail(), given.key, given.earlier_keys)

    async def _send(self, mail: OutgoingMail, key: str, earlier_keys: list[str]) -> ReplySent:
        looked_up = [*earlier_keys, key] if earlier_keys or activity.info().attempt > 1 else []
        for each in looked_up:
            sent = await self._find(each, ours=each == key)
            if sent:
                return ReplySent(message_id=sent.message_id, statement="was sent before")
        activity.heartbeat(SENDING)
        try:
            sent = await self._mailbox.send(mail, key=key)
        except OutcomeUnknown as lost:
            sent = await self._find_or_give_up(key, lost)
        except SystemFault:
            activity.heartbeat(NOT_SENT)
            raise
        return ReplySent(message_id=sent.message_id)

    async def _find(self, key: str, *, ours: bool) -> MailSent | None:
        """What the mail system says of an earlier attempt. Where it cannot tell, what that attempt left word of.

        Raises OutcomeUnknown after an attempt that died between sending and saying so.
        """
        try:
            return await self._mailbox.find_sent(key)
        except Rejected:
            last_word = [*activity.info().heartbeat_details][-1:]
            if ours and last_word == [SENDING]:
                raise OutcomeUnknown("an earlier attempt ended while it was sending, and nobody can tell") from None
            return None

    async def _find_or_give_up(self, key: str, lost: OutcomeUnknown) -> MailSent:
        """After the text left, only the mail system can tell; where it cannot, a person decides."""
        try:
            sent = await self._mailbox.find_sent(key)
        except Rejected:
            raise lost from None
        if sent is None:
            raise Unavailable("the mail system says that the mail did not arrive") from lost
        return sent
