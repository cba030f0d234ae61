"""A certificate that is not valid for the address is a matter of settings, not of waiting."""

import asyncio
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from baton.connectors.http_orders import HttpOrders
from baton.connectors.smtp_mail import SmtpMailbox
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import Misconfigured

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl, which makes the certificate, is missing"
)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=other.example -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_over_https(self_signed: ssl.SSLContext) -> None:
    server = await asyncio.start_server(ignore, "127.0.0.1", 0, ssl=self_signed)
    orders = HttpOrders({"url": f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"})

    with pytest.raises(Misconfigured, match="certificate"):
        await orders.get_order("#W1")

    await orders.aclose()
    server.close()


async def test_over_smtp_with_starttls(self_signed: ssl.SSLContext) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 shop.example\r\n")
        await reader.readline()
        writer.write(b"250-shop.example\r\n250 STARTTLS\r\n")
        await reader.readline()
        writer.write(b"220 go\r\n")
        await writer.start_tls(self_signed)

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    options = {"host": "127.0.0.1", "port": str(server.sockets[0].getsockname()[1]), "timeout": "5"}
    mailbox = SmtpMailbox(options | {"from_address": "care@veld.example", "starttls": "required"})

    with pytest.raises(Misconfigured, match="certificate"):
        await mailbox.send(OutgoingMail(to="a@b.example", subject="Hi", body="Hi"), key="k")

    server.close()
