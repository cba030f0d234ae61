"""An entry that the CRM refuses is seen and answered at the command line, over real systems."""

import json
from pathlib import Path

import pytest
from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.contracts.names import late_log_id
from tests.cli.command_line import Said, run
from tests.end_to_end.office import ROOT, office
from tests.workflows.driver import eventually

MESSAGE = message_from_eml((ROOT / "demo/enquiries/exchange.eml").read_bytes())


async def test_no_other_id_may_have_a_slash(connected: Path) -> None:
    for command in ("start enquiry --text hello --id log/INQ-1", "review log/no/INQ-1"):
        assert "is not an enquiry id" in (await run(*command.split())).complaint


@pytest.mark.parametrize("status", [401, 422])
async def test_an_entry_that_the_crm_refuses_is_listed_asked_about_and_written_once(
    connected: Path, client: Client, status: int
) -> None:
    async with office(client, connected) as shop:
        handle = await shop.receive(MESSAGE, attempts=1)
        review = await shop.review(handle)
        await shop.fault(shop.systems.crm_url, kind="fail", status=503, count=1)
        await shop.fault(shop.systems.crm_url, kind="fail", status=status, count=1, match={"method": "POST"})
        await shop.decide(handle, review, "approve")
        result = await handle.result()
        late = late_log_id(result.enquiry_id)
        assert result.log_entry == f"later: {late}"

        async def listed() -> Said | None:
            said = await run("inbox", "--json")
            return said if late in said.out else None

        (line,) = [each for each in json.loads((await eventually(listed)).out)["waiting"] if each["enquiry_id"] == late]
        assert (line["stage"], line["waiting_on"]) == ("logging late", "review")
        assert str(status) in line["reviews"][0]["subject"]["causes"][0]
        (line,) = [each for each in json.loads((await run("list", "--json")).out)["runs"] if each["enquiry_id"] == late]
        assert (line["state"], line["waiting_on"]) == ("running", "review")
        (check,) = [
            each for each in json.loads((await run("check", "--json")).out)["checks"] if "entries" in each["name"]
        ]
        assert not check["ok"]
        assert f"{late} waits: CRM:" in check["detail"]
        assert str(status) in check["detail"]
        for command in ("review", "status", "record"):
            assert (await run(command, late)).code == 0
        assert await shop.entries(result.enquiry_id) == []
        assert (await run("decide", late, "retry")).code == 0
        await client.get_workflow_handle(late).result()
        assert len(await shop.entries(result.enquiry_id)) == 1


async def test_an_entrys_own_run_is_paused_goes_on_and_is_cancelled_like_an_enquiry(
    connected: Path, client: Client
) -> None:
    async with office(client, connected) as shop:
        handle = await shop.receive(MESSAGE, attempts=1)
        review = await shop.review(handle)
        await shop.fault(shop.systems.crm_url, kind="fail", status=503, count=1)
        await shop.fault(shop.systems.crm_url, kind="fail", status=422, count=None, match={"method": "POST"})
        await shop.decide(handle, review, "approve")
        enquiry_id = (await handle.result()).enquiry_id
        late = late_log_id(enquiry_id)
        await shop.review(client.get_workflow_handle(late))
        assert (await run("review", late)).code == 0
        said = await run("pause", late, "--reason", "stocktaking")
        assert (said.code, f"{late} is paused" in said.out) == (0, True)
        assert (await run("decide", late, "retry")).code == 0
        assert "stocktaking" in (await run("status", late)).out
        said = await run("resume", late)
        assert (said.code, f"{late} goes on" in said.out) == (0, True)
        said = await run("cancel", late)
        assert said.code == 0, said.complaint
        assert "has ended (cancelled)" in said.out
        assert await shop.entries(enquiry_id) == []
