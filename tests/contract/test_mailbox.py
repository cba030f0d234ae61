"""What every Mailbox does."""

import uuid

import pytest

from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Mailbox, Rejected


def mail() -> OutgoingMail:
    return OutgoingMail(to="contract-suite@nowhere.example", subject="Contract suite", body="Trying.\n")


async def test_it_says_that_it_is_well(mailbox: Mailbox) -> None:
    health = await mailbox.health()
    assert health.ok, health.detail


async def test_the_message_id_follows_from_the_key(mailbox: Mailbox) -> None:
    key = f"contract/{uuid.uuid4()}"

    sent = await mailbox.send(mail(), key=key)
    other = await mailbox.send(mail(), key=f"{key}/other")

    assert sent.message_id.startswith("<") and sent.message_id.endswith(">") and "@" in sent.message_id
    assert other.message_id != sent.message_id


async def test_what_was_sent_is_found_by_its_key_or_it_says_that_it_cannot_tell(mailbox: Mailbox) -> None:
    key = f"contract/{uuid.uuid4()}"
    try:
        assert await mailbox.find_sent(key) is None
    except Rejected:
        pytest.skip("this mail system cannot tell what it sent")

    sent = await mailbox.send(mail(), key=key)
    found = await mailbox.find_sent(key)
    again = await mailbox.send(mail(), key=key)

    assert found is not None
    assert (found.message_id, again.message_id, again.replayed) == (sent.message_id, sent.message_id, True)


@pytest.mark.parametrize("field", ["subject", "to"])
async def test_a_line_break_never_reaches_a_header(mailbox: Mailbox, field: str) -> None:
    broken = mail().model_copy(update={field: "a@nowhere.example\r\nBcc: b@nowhere.example"})
    with pytest.raises(Rejected):
        await mailbox.send(broken, key=f"contract/{uuid.uuid4()}")
