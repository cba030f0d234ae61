"""A name, an e-mail address, a phone number and a card number are planted, and looked for where they must not be."""

from pathlib import Path

from temporalio.client import Client

from baton.cli.eml import message_from_eml
from baton.cli.messages import derived_id
from baton.contracts.enquiry import EnquiryOptions
from baton.temporal.embedded import ServerAddress

from .office import ROOT, systems_only, worker_process

NAME, EMAIL, PHONE, CARD = "Nokuthula", "nokuthula.zwane@posbus.example", "0821234567", "4111 1111 1111 1111"
EML = f"""From: {NAME} Zwane <{EMAIL}>
To: help@veldenvuur.example
Subject: call me on {PHONE}
Message-ID: <{NAME}.1@posbus.example>
Content-Type: text/plain

I am {NAME} Zwane, {EMAIL}, phone {PHONE}. My card is {CARD}. Where is my order?
"""


async def test_nothing_personal_stands_in_ids_attributes_logs_or_file_names(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    async with systems_only(client, tmp_path) as shop:
        log = tmp_path / "worker.log"
        async with worker_process(shop.settings, server, log):
            enquiry_id = derived_id(f"<{NAME}.1@posbus.example>".encode())
            await shop.fault(shop.systems.orders_url, kind="fail", status=500, count=3)
            await shop.fault(shop.systems.crm_url, kind="garbage", count=1)
            handle = await shop.receive(
                message_from_eml(EML.encode()),
                enquiry_id=enquiry_id,
                options=EnquiryOptions(ask_customer="auto", question_rounds=0),
            )
            review = await shop.review(handle)
            shown = await _visible(client, handle.id)
            await shop.decide(handle, review, "reject", comment=f"phoned {PHONE}, card {CARD}")
            await handle.result()
        history = (await handle.fetch_history()).to_json()
        kept = _files(tmp_path)
    logged = log.read_text(encoding="utf-8")
    assert "Working on task queue" in logged
    for personal in (NAME, EMAIL, EMAIL.split("@", maxsplit=1)[0], PHONE, CARD, CARD.replace(" ", "")):
        for place, text in {"id": handle.id, "visibility": shown, "log": logged, "files": " ".join(kept)}.items():
            assert personal.lower() not in text.lower(), f"{personal!r} stands in the {place}"
    for place, content in {**kept, "history": history.encode()}.items():
        assert CARD.encode() not in content, place
        assert CARD.replace(" ", "").encode() not in content, place


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def _visible(client: Client, workflow_id: str) -> str:
    described = await client.get_workflow_handle(workflow_id).describe()
    summary = await described.static_summary()
    return f"{described.typed_search_attributes} {described.raw_description.workflow_execution_info.memo} {summary}"


async def test_nor_when_an_enquiry_is_acted_on_and_answered(
    client: Client, server: ServerAddress, tmp_path: Path
) -> None:
    message = message_from_eml((ROOT / "demo" / "enquiries" / "exchange.eml").read_bytes())
    async with systems_only(client, tmp_path) as shop:
        log = tmp_path / "worker.log"
        async with worker_process(shop.settings, server, log):
            handle = await shop.receive(message)
            review = await shop.review(handle)
            await shop.fault(shop.systems.orders_url, kind="fail", status=503, count=1)
            await shop.decide(handle, review, "approve")
            assert (await handle.result()).outcome == "answered"
            shown = await _visible(client, handle.id)
        history = await handle.fetch_history()
        files = " ".join(_files(tmp_path))
    told = " ".join(event.user_metadata.summary.data.decode() for event in history.events)
    assert "Send the reply" in told
    logged = log.read_text(encoding="utf-8")
    for personal in ("thandi", "nkosi", "posbus"):
        for place, text in {"visibility": shown, "log": logged, "files": files, "summaries": told}.items():
            assert personal not in text.lower(), f"{personal!r} stands in the {place}"
