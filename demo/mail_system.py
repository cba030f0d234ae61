"""The stand-in mail system: a real SMTP server, and an HTTP side that shows what it got and switches its faults.

    POST /faults   {"kind": "fail", "status": 451, "stage": "data", "count": 1}   refuse at mail, rcpt or data
                   {"kind": "slow", "seconds": 3, "count": 1}                     wait before taking a message over
                   {"kind": "cut_after", "count": 1}                              take it over, drop the connection
                   {"kind": "down"}                                               refuse connections until cleared
    GET /faults    those still on              DELETE /faults   clear them

`count` null means until cleared.
"""

import asyncio
import weakref
from typing import Annotated, Literal, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp

from .mail_store import Delivered, MailStore
from .pages import at, page, shown
from .problems import Problem, ProblemDocument, answer_with_problems
from .serving import listen

Stage = Literal["mail", "rcpt", "data"]
FaultKind = TypeVar("FaultKind", "Slow", "CutAfter")


class _SmtpFault(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int | None = Field(default=1, ge=1, description="how many messages; null: until cleared")


class Refuse(_SmtpFault):
    """Answer with an error code at a stage of the conversation."""

    kind: Literal["fail"]
    status: int = Field(ge=400, le=599)
    stage: Stage = "data"


class Slow(_SmtpFault):
    """Wait before taking a message over."""

    kind: Literal["slow"]
    seconds: float = Field(gt=0, le=600)


class CutAfter(_SmtpFault):
    """Take the message over, then drop the connection without saying so."""

    kind: Literal["cut_after"]


class Down(_SmtpFault):
    """Refuse connections until cleared."""

    kind: Literal["down"]
    count: int | None = None


SmtpFault = Annotated[Refuse | Slow | CutAfter | Down, Field(discriminator="kind")]


class SmtpServer:
    """The SMTP side: keeps each message, meets the faults switched on. aiosmtpd names its handler methods."""

    def __init__(self, store: MailStore, host: str, port: int) -> None:
        self._store = store
        self._host = host
        self.host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 (compared, not bound)
        self.port = port
        self._listening: asyncio.Server | None = None
        self._conversations: weakref.WeakSet[asyncio.BaseTransport] = weakref.WeakSet()
        self.faults: list[Refuse | Slow | CutAfter | Down] = []

    async def start(self) -> None:
        """Listen; a repeat changes nothing."""
        if self._listening is not None:
            return
        listener = listen(self._host, self.port, "mail server (SMTP)")
        self.port = listener.getsockname()[1]
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            lambda: SMTP(self, hostname="mail.example", ident="stand-in mail", enable_SMTPUTF8=True, loop=loop),
            sock=listener,
        )

    async def stop(self) -> None:
        """Refuse connections from now on and drop those that are open."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for transport in list(self._conversations):
            transport.close()
        self._conversations.clear()

    async def switch_on(self, fault: Refuse | Slow | CutAfter | Down) -> None:
        """Add a fault."""
        self.faults.append(fault)
        if isinstance(fault, Down):
            await self.stop()

    async def clear(self) -> None:
        """No faults any more."""
        self.faults.clear()
        await self.start()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        if server.transport is not None:
            self._conversations.add(server.transport)
        refused = self._refused("mail")
        if refused is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refused or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        refused = self._refused("rcpt")
        if refused is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return refused or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The message itself."""
        refused = self._refused("data")
        if refused is not None:
            return refused
        slow = self._next(Slow)
        if slow is not None:
            await asyncio.sleep(slow.seconds)
        content = envelope.original_content or b""
        number = self._store.keep(content, envelope.mail_from or "", list(envelope.rcpt_tos))
        if self._next(CutAfter) is not None and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]  # a TCP transport, which has it
        return f"250 OK, taken over as {number}"

    def _refused(self, stage: Stage) -> str | None:
        for fault in self.faults:
            if isinstance(fault, Refuse) and fault.stage == stage:
                self._use_up(fault)
                return f"{fault.status} a fault was switched on here"
        return None

    def _next(self, kind: type[FaultKind]) -> FaultKind | None:
        for fault in self.faults:
            if isinstance(fault, kind):
                self._use_up(fault)
                return fault
        return None

    def _use_up(self, fault: Refuse | Slow | CutAfter | Down) -> None:
        place = self.faults.index(fault)
        if fault.count == 1:
            del self.faults[place]
        elif fault.count is not None:
            self.faults[place] = fault.model_copy(update={"count": fault.count - 1})


def mail_app(store: MailStore, smtp: SmtpServer) -> ASGIApp:
    """The HTTP side: a page for people at /, messages as JSON, faults. Its OpenAPI page is at /docs."""
    app = FastAPI(
        title="Mail",
        description=__doc__ or "",
        responses={"default": {"model": ProblemDocument, "description": "RFC 9457 problem"}},
    )
    answer_with_problems(app)

    @app.get("/health", summary="Whether SMTP is listening")
    async def health() -> dict[str, str]:
        if any(isinstance(fault, Down) for fault in smtp.faults):
            raise Problem(503, "smtp-down", "SMTP connections are refused")
        return {"status": "ok"}

    @app.get("/messages", summary="All deliveries, oldest first")
    async def messages(
        message_id: Annotated[str | None, Query()] = None, to: Annotated[str | None, Query()] = None
    ) -> list[Delivered]:
        return store.deliveries(message_id, to)

    @app.get("/messages/{message_id:path}", summary="The first delivery under a Message-ID")
    async def message(message_id: str) -> Delivered:
        found = store.deliveries(message_id)
        if not found:
            raise Problem(404, "no-such-message", "No message with this Message-ID was delivered")
        return found[0]

    @app.get("/", response_class=HTMLResponse, summary="What was delivered, for people")
    async def page_for_people() -> str:
        return _page(store.deliveries())

    @app.post("/faults", status_code=201, tags=["faults"], summary="Switch an SMTP fault on")
    async def switch_fault_on(fault: SmtpFault) -> list[SmtpFault]:
        await smtp.switch_on(fault)
        return list(smtp.faults)

    @app.get("/faults", tags=["faults"], summary="Faults switched on")
    async def faults() -> list[SmtpFault]:
        return list(smtp.faults)

    @app.delete("/faults", status_code=204, tags=["faults"], summary="Clear all faults")
    async def clear_faults() -> Response:
        await smtp.clear()
        return Response(status_code=204)

    return app


def _page(mails: list[Delivered]) -> str:
    body = "".join(_article(mail) for mail in reversed(mails)) or "<p>Nothing was delivered yet.</p>"
    return page("Mail delivered", body, '<a href="/messages">/messages</a>')


def _article(mail: Delivered) -> str:
    again = f'<p class="twice">Delivered {mail.copies} times under this Message-ID</p>' if mail.copies > 1 else ""
    answers = f"<p>In reply to {shown(mail.in_reply_to)}</p>" if mail.in_reply_to else ""
    return (
        f"<article><h3>{shown(mail.subject)}</h3><p>To {shown(', '.join(mail.envelope_to))}, "
        f"{at(mail.received_at)}</p>{answers}{again}<pre>{shown(mail.text)}</pre></article>"
    )
