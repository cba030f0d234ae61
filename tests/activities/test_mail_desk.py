"""Mail is sent once, also by a mail system that cannot tell what it has sent."""

import dataclasses

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.mail_desk import NOT_SENT, SENDING, MailDesk
from baton.contracts.enquiry import Resolution
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Health, MailSent, OutcomeUnknown, Rejected, Unavailable
from baton.contracts.wire import JsonObject, digest_of

SUBJECT = Resolution(reply=OutgoingMail(to="t@mail.example", subject="Re", body="Done.")).model_dump(mode="json")
HANDED: JsonObject = {"subject": SUBJECT, "subject_digest": digest_of(SUBJECT), "key": "INQ-1/reply/1/0"}


class Mute:
    """Plain SMTP: it takes mail, and keeps no list."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.sent: list[str] = []
        self.fault = fault

    async def send(self, mail: OutgoingMail, *, key: str) -> MailSent:
        """Take the mail."""
        if self.fault:
            raise self.fault
        self.sent.append(key)
        return MailSent(message_id=f"<{key}>")

    async def find_sent(self, key: str) -> MailSent | None:
        """It cannot tell."""
        raise Rejected("this mail system keeps no list")

    async def health(self) -> Health:
        """Well."""
        return Health(ok=True, detail="")

    async def aclose(self) -> None:
        """Nothing is open."""


def _attempt(number: int, last_word: str | None) -> ActivityEnvironment:
    environment = ActivityEnvironment()
    details = [last_word] if last_word else []
    environment.info = dataclasses.replace(environment.info, attempt=number, heartbeat_details=details)
    return environment


async def test_after_an_attempt_that_died_while_sending_a_person_decides() -> None:
    mute = Mute()
    with pytest.raises(ApplicationError) as caught:
        await _attempt(2, SENDING).run(MailDesk(mute).send_reply, HANDED)
    assert (caught.value.type, caught.value.non_retryable) == ("OutcomeUnknown", True)
    assert mute.sent == []


@pytest.mark.parametrize("last_word", [NOT_SENT, None])
async def test_after_an_attempt_that_said_that_it_did_not_send_another_is_made(last_word: str | None) -> None:
    mute = Mute()
    await _attempt(2, last_word).run(MailDesk(mute).send_reply, HANDED)
    assert mute.sent == ["INQ-1/reply/1/0"]


async def test_each_attempt_leaves_word_of_what_it_did() -> None:
    words: list[str] = []
    environment = _attempt(1, None)
    environment.on_heartbeat = lambda *details: words.extend(details)
    with pytest.raises(ApplicationError):
        await environment.run(MailDesk(Mute(Unavailable("down"))).send_reply, HANDED)
    assert words == [SENDING, NOT_SENT]


async def test_a_lost_receipt_is_never_taken_for_not_sent() -> None:
    with pytest.raises(ApplicationError) as caught:
        await _attempt(1, None).run(MailDesk(Mute(OutcomeUnknown("lost"))).send_reply, HANDED)
    assert caught.value.non_retryable
