"""The process on a real server, with a team whose answers the test writes."""

from temporalio.client import Client

from .driver import enquiry


async def test_an_approved_enquiry_is_acted_on_answered_logged_and_archived(client: Client) -> None:
    async with enquiry(client) as run:
        await run.open_review()
        assert "cancel_order" not in run.team.steps
        await run.decide("approve")
        result = await run.result()
    assert result.outcome == "answered"
    assert run.team.steps[-4:] == ["cancel_order", "send_reply", "log_outcome", "archive_record"]
