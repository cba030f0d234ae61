"""A mail goes out once, over real SMTP."""

from typing import Any

from activities.tools.mail import MailTools
from baton.contracts.tools.messages import MailHandedOver
from tests.activities.attempts import attempt, word

from .conftest import Shop
from .doing import KEY, done, failed

MAIL: dict[str, Any] = {
    "to": "thandi.nkosi@posbus.example",
    "subject": "Your order",
    "body": "It is on its way.",
    "key": KEY,
}


async def test_a_mail_goes_out_word_for_word_in_its_thread(shop: Shop) -> None:
    sent = await done(MailTools(shop.mailbox).send_mail, MailHandedOver, **MAIL, in_reply_to="<asked@posbus.example>")
    (mail,) = shop.mails()
    assert mail["headers"]["In-Reply-To"] == "<asked@posbus.example>"
    assert mail["headers"]["Message-ID"] == sent.message_id
    assert "It is on its way." in str(mail)


async def test_a_mail_that_an_attempt_sent_before_it_died_is_not_sent_again(shop: Shop) -> None:
    first = await done(MailTools(shop.mailbox).send_mail, MailHandedOver, **MAIL)
    later = attempt(2, last_word=word("dispatching"))
    again = await done(MailTools(shop.mailbox).send_mail, MailHandedOver, later, **MAIL)
    assert again == first
    assert len(shop.mails()) == 1


async def test_a_mail_without_words_is_refused_before_anything_is_sent(shop: Shop) -> None:
    fault = await failed(MailTools(shop.mailbox).send_mail, **{**MAIL, "body": ""})
    assert (fault.type, fault.non_retryable, shop.mails()) == ("BadHandOff", True, [])
