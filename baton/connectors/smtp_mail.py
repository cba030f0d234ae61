"""Mail over SMTP.

SMTP knows no idempotency keys: the Message-ID is made from the key, and where the mail system can be asked what it took
over (option `sent_url`), it is asked before a mail goes out. Where a failure struck decides which fault it is:

    not connected, dropped or silent before the text ended  Unavailable
    credentials refused, certificate not valid              Misconfigured
    refused with a code 4xx (421, 450, 451 …)               Unavailable
    refused with a code 5xx (550, 552 …)                    Rejected
    dropped or silent after the text ended                  OutcomeUnknown
    an answer that is no SMTP before the text ended         Unexpected (after it: OutcomeUnknown)

A text says the stage and the code, never the server's own words: they repeat addresses.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from email.utils import parseaddr

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
)
from aiosmtplib.protocol import SMTPProtocol

from baton.contracts.last_look import last_look
from baton.contracts.mail import OutgoingMail
from baton.contracts.systems import (
    Health,
    MailSent,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Rejected,
    SystemFault,
    Unavailable,
    Unexpected,
)

from . import options as read
from .http_json import JsonHttp
from .mail_text import composed, message_id_of, recipient_of
from .smtp_text import END, as_data

_POLITE_S = 2.0


class SmtpMailbox:
    """A Mailbox.

    Options: `host`, `from_address` ('care@shop.example' or 'The Shop <care@shop.example>'); optional `port` (25),
    `username` and `password`, `starttls` (auto, required, off; port 465 is TLS from the start), `timeout` (seconds for
    a mail as a whole, 10), `domain` of Message-IDs (that of `from_address`), `sent_url` (shows what was taken over).
    """

    def __init__(self, options: Mapping[str, str]) -> None:
        self._host = read.required(options, "host", "smtp.shop.example")
        self._port = read.port(options, "port", 25)
        self._sender = _sender(options)
        self._domain = options.get("domain", "").strip() or self._sender[1].rpartition("@")[2]
        self._timeout_s = read.seconds(options, "timeout", 10.0)
        self._starttls = read.one_of(options, "starttls", ("auto", "required", "off"))
        self._username = options.get("username", "").strip()
        self._password = options.get("password", "")
        if self._username and not self._password:
            raise Misconfigured("option 'password' is missing beside 'username', e.g. password=s3cret")
        self._sent: JsonHttp | None = None
        if options.get("sent_url", "").strip():
            self._sent = JsonHttp(
                "mail system",
                # username and password are those of SMTP, and no business of another server.
                {name: value for name, value in options.items() if name in ("sent_url", "timeout")},
                url_option="sent_url",
                example="http://127.0.0.1:8003",
            )

    async def send(self, mail: OutgoingMail, *, key: str) -> MailSent:
        """Hand the mail over; where the mail system can tell, once per `key`."""
        message_id = message_id_of(key, self._domain)
        content = composed(mail, sender=self._sender, message_id=message_id)
        if self._sent is not None:
            earlier = await self.find_sent(key)
            if earlier is not None:
                return earlier
        await self._deliver(recipient_of(mail), content)
        return MailSent(message_id=message_id)

    async def find_sent(self, key: str) -> MailSent | None:
        """The mail taken over under this key; Rejected without `sent_url`."""
        if self._sent is None:
            raise Rejected("this mail system cannot tell what it took over (option 'sent_url' is not set)")
        message_id = message_id_of(key, self._domain)
        try:
            await self._sent.get("/messages/{message_id}", message_id=message_id)
        except NotFound:
            return None
        return MailSent(message_id=message_id, replayed=True)

    async def health(self) -> Health:
        """Whether the mail server greets us and takes our credentials."""
        try:
            async with asyncio.timeout(self._timeout_s), self._conversation():
                pass
        except TimeoutError:
            return Health(ok=False, detail=f"SMTP: no answer from {self._place} within {self._timeout_s:g} s")
        except SystemFault as fault:
            return Health(ok=False, detail=str(fault))
        return Health(ok=True, detail=f"answers at {self._place}")

    async def aclose(self) -> None:
        """Close connections."""
        if self._sent is not None:
            await self._sent.aclose()

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"

    async def _deliver(self, recipient: str, content: bytes) -> None:
        stage, left, taken = "the connection", False, False
        try:
            async with asyncio.timeout(self._timeout_s), self._conversation() as client:
                try:
                    stage = "the sender"
                    await client.mail(self._sender[1])
                    stage = "the recipient"
                    await client.rcpt(recipient)
                    stage = "the message"
                    ready = await client.execute_command(b"DATA")
                    if ready.code != 354:
                        raise SMTPResponseException(ready.code, ready.message)
                    protocol = client.protocol
                    if protocol is None:
                        raise Unavailable("SMTP: the connection was dropped before the message left")
                    protocol.write(as_data(content))
                    await asyncio.sleep(0)  # whoever stops us, or a connection that is gone, still stops the mail here
                    last_look()  # nothing comes between this and the end of the message
                    left = protocol.is_connected
                    await _end(protocol, self._timeout_s)
                    taken = True
                except SMTPResponseException as refusal:
                    raise _refused(stage, refusal, left=left) from None
                except (SMTPException, OSError, ValueError) as failure:
                    raise _lost(stage, failure, left=left) from None
        except TimeoutError as late:
            if not taken:  # the time may end during the farewell
                raise _lost(stage, late, left=left) from None

    @asynccontextmanager
    async def _conversation(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A greeted, encrypted and authenticated connection; every failure to get one is a fault."""
        implicit = self._port == 465
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            timeout=self._timeout_s,
            use_tls=implicit,
            start_tls=False if implicit else {"auto": None, "required": True, "off": False}[self._starttls],
            local_hostname=self._domain,  # else the library asks DNS for our own name, which can take its full time
        )
        try:
            try:
                await client.connect()
                await self._log_in(client)
            except SMTPAuthenticationError as refusal:
                if 400 <= refusal.code < 500:
                    raise Unavailable(f"SMTP: {self._place} cannot check credentials now ({refusal.code})") from None
                raise Misconfigured(f"SMTP: {self._place} refused username and password ({refusal.code})") from None
            except SMTPNotSupported:
                raise Misconfigured(f"SMTP: {self._place} does not offer what the settings ask for") from None
            except SMTPResponseException as refusal:
                raise _refused("the connection", refusal, left=False) from None
            except (SMTPConnectError, SMTPException, OSError) as failure:
                if "STARTTLS extension not supported" in str(failure):
                    raise Misconfigured(
                        f"SMTP: {self._place} offers no encryption; starttls=required asks for it"
                    ) from None
                if "CERTIFICATE_VERIFY_FAILED" in str(failure):
                    raise Misconfigured(f"SMTP: the certificate of {self._place} is not valid for this name") from None
                raise Unavailable(f"SMTP: {self._place} was not reached ({type(failure).__name__})") from None
            yield client
            # What was taken over stays so, whatever becomes of the farewell.
            with suppress(SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(_POLITE_S):
                    await client.quit()
        finally:
            client.close()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        if not self._username:
            return
        if client.get_transport_info("sslcontext") is None and not _is_this_machine(self._host):
            raise Misconfigured(
                f"SMTP: {self._place} would get the password unencrypted; set starttls=required or port=465"
            )
        await client.login(self._username, self._password)


async def _end(protocol: SMTPProtocol, timeout_s: float) -> None:
    """End the text and wait for the server's word. From here on a lost connection leaves the outcome unknown."""
    protocol.write(END)
    answer = await protocol.read_response(timeout=timeout_s)
    if not 200 <= answer.code < 300:
        raise SMTPResponseException(answer.code, answer.message)


def _refused(stage: str, refusal: SMTPResponseException, *, left: bool) -> SystemFault:
    text = f"SMTP: {stage} was refused ({refusal.code})"
    if refusal.code in (530, 534, 535, 538):
        return Misconfigured(text)
    if 400 <= refusal.code < 500:
        return Unavailable(text)
    if 500 <= refusal.code < 600:
        return Rejected(text)
    text = f"SMTP: the mail server's answer about {stage} makes no sense"
    return OutcomeUnknown(text) if left else Unexpected(text)


def _lost(stage: str, failure: Exception, *, left: bool) -> SystemFault:
    if left:
        return OutcomeUnknown("SMTP: the message left, then the mail server did not say whether it took it over")
    return Unavailable(f"SMTP: the mail server went away at {stage} ({type(failure).__name__})")


def _sender(options: Mapping[str, str]) -> tuple[str, str]:
    text = read.required(options, "from_address", "care@shop.example")
    name, address = parseaddr(text)
    if not address or address.count("@") != 1 or not address.isascii() or any(part < " " for part in text):
        raise Misconfigured("option 'from_address' is not an e-mail address, e.g. from_address=care@shop.example")
    return name, address


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
