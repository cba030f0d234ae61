"""Mail is sent once, also by a mail system that cannot tell what it has sent. How: tests/activities/test_once.py."""

import pytest
from temporalio.exceptions import ApplicationError

from activities.mail_desk import MailDesk
from baton.contracts.enquiry import ReplySent, Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Health, MailSent, OutcomeUnknown, Rejected, Unavailable
from baton.contracts.wire import JsonObject, digest_of

from .attempts import attempt, word, words

SUBJECT = Resolution(reply=OutgoingMail(to="t@mail.example", subject="Re", body="Done.")).model_dump(mode="json")
KEY = "INQ-1/reply/1/0"
HANDED: JsonObject = {"subject": SUBJECT, "subject_digest": digest_of(SUBJECT), "key": KEY}


class Mute:
    """Plain SMTP: it takes mail, and keeps no list, unless it is told to."""

    def __init__(self, fault: Exception | None = None, *, tells: bool = False) -> None:
        self.sent: list[str] = []
        self.fault = fault
        self.tells = tells

    async def send(self, mail: OutgoingMail, *, key: str) -> MailSent:
        """Take the mail."""
        if self.fault:
            raise self.fault
        self.sent.append(key)
        return MailSent(message_id=f"<{key}>")

    async def find_sent(self, key: str) -> MailSent | None:
        """Whether it has it, where it can tell."""
        if not self.tells:
            raise Rejected("this mail system keeps no list")
        return MailSent(message_id=f"<{key}>") if key in self.sent else None

    async def health(self) -> Health:
        """Well."""
        return Health(ok=True, detail="")

    async def aclose(self) -> None:
        """Nothing is open."""


async def test_after_an_attempt_that_died_while_sending_a_person_decides() -> None:
    mute = Mute()
    with pytest.raises(ApplicationError) as caught:
        await attempt(2, last_word=word("dispatching")).run(MailDesk(mute).send_reply, HANDED)
    assert (caught.value.type, caught.value.non_retryable, caught.value.details) == ("OutcomeUnknown", True, (2, True))
    assert mute.sent == []


async def test_a_mail_system_that_can_tell_settles_it() -> None:
    mailbox = Mute(tells=True)
    mailbox.sent = [KEY]
    answer = await attempt(2, last_word=word("dispatching")).run(MailDesk(mailbox).send_reply, HANDED)
    assert ReplySent.model_validate(answer.value).statement == "was sent before"
    assert mailbox.sent == [KEY]


async def test_after_an_attempt_that_did_not_send_another_is_made() -> None:
    mute = Mute()
    await attempt(2, last_word=word("not dispatched")).run(MailDesk(mute).send_reply, HANDED)
    assert mute.sent == [KEY]


async def test_each_attempt_leaves_word_of_what_it_did() -> None:
    environment = attempt()
    left = words(environment)
    with pytest.raises(ApplicationError):
        await environment.run(MailDesk(Mute(Unavailable("down"))).send_reply, HANDED)
    assert left[:2] == ["dispatching", "not dispatched"]


async def test_a_lost_receipt_is_never_taken_for_not_sent() -> None:
    with pytest.raises(ApplicationError) as caught:
        await attempt().run(MailDesk(Mute(OutcomeUnknown("lost"))).send_reply, HANDED)
    assert (caught.value.non_retryable, caught.value.details) == (True, (1, True))


async def test_the_same_holds_for_a_question() -> None:
    mail = OutgoingMail(to="t@mail.example", subject="Re", body="Which order?").model_dump(mode="json")
    handed: JsonObject = {"subject": mail, "subject_digest": digest_of(mail), "key": "INQ-1/question-1/1/0"}
    mute = Mute()
    with pytest.raises(ApplicationError, match="cannot tell"):
        await attempt(2, last_word=word("dispatching")).run(MailDesk(mute).send_question, handed)
    await attempt().run(MailDesk(mute).send_question, handed)
    assert mute.sent == ["INQ-1/question-1/1/0"]
