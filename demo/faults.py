"""Faults switched on over HTTP, so that what a real system does on a bad day can be had on demand.

    POST /faults    {"kind": "fail", "status": 503, "count": 2, "retry_after": 30}   answer the next 2 requests with 503
                    {"kind": "slow", "seconds": 3, "count": 1}                       wait, then work and answer
                    {"kind": "down"}                                                 drop every connection until cleared
                    {"kind": "cut_after", "count": 1}                                do the work, drop the connection
                    {"kind": "fail_after", "status": 503, "count": 1}                do the work, answer with this,
                                                                                     as a proxy may
                    {"kind": "hold", "count": 1}                                     do the work, say nothing until the
                                                                                     faults are cleared, then drop it
                    {"kind": "cut_amid", "count": 1}                                 the same amid the answer
                    {"kind": "garbage", "count": 1}                                  200 with what is not JSON
    GET /faults     those still switched on
    DELETE /faults  clear them

`count` null means until cleared. `match` narrows a fault: {"method": "POST", "path": "/orders/*/actions"}, the path
a shell pattern.
/faults, /dump and the API's pages never fail; / and /health fail with `down` alone. Faults are gone after a restart.
"""

import asyncio
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem
from .serving import Cut

_LOOKED_AT = ("/", "/health")  # whoever looks uses no fault up that was meant for a request
_ALWAYS_ANSWERED = ("/faults", "/dump", "/openapi.json", "/docs", "/redoc")


class Match(BaseModel):
    """Which requests a fault is for; what is left out matches all."""

    model_config = ConfigDict(extra="forbid")
    method: str | None = None
    path: str | None = Field(default=None, description="shell pattern, e.g. /orders/*/actions")

    def fits(self, method: str, path: str) -> bool:
        """Whether this request is meant."""
        return (self.method is None or self.method.upper() == method) and (
            self.path is None or fnmatchcase(path, self.path)
        )


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")
    count: int | None = Field(default=1, ge=1, description="how many requests; null: until cleared")
    match: Match = Match()


class Fail(_Fault):
    """Answer with an error instead of doing anything."""

    kind: Literal["fail"]
    status: int = Field(ge=400, le=599)
    retry_after: str | int | None = Field(default=None, description="seconds or an HTTP date, sent as it is")


class Slow(_Fault):
    """Wait before doing the work."""

    kind: Literal["slow"]
    seconds: float = Field(gt=0, le=600)


class Down(_Fault):
    """Drop every connection until cleared."""

    kind: Literal["down"]
    count: int | None = None


class CutAfter(_Fault):
    """Do the work, then drop the connection without an answer."""

    kind: Literal["cut_after"]


class FailAfter(_Fault):
    """Do the work, then answer with an error, as a proxy does that lost what it passed on."""

    kind: Literal["fail_after"]
    status: int = Field(ge=400, le=599)
    retry_after: str | int | None = Field(default=None, description="seconds or an HTTP date, sent as it is")


class Hold(_Fault):
    """Do the work, keep the answer back until the faults are cleared, then drop the connection."""

    kind: Literal["hold"]


class CutAmid(_Fault):
    """Do the work, then drop the connection in the middle of the answer."""

    kind: Literal["cut_amid"]


class Garbage(_Fault):
    """Answer 200 with what is not JSON, and do nothing."""

    kind: Literal["garbage"]


_AnyFault = Fail | Slow | Down | CutAfter | CutAmid | FailAfter | Hold | Garbage
Fault = Annotated[_AnyFault, Field(discriminator="kind")]


class FaultSwitch:
    """The faults switched on in one system."""

    def __init__(self) -> None:
        self._on: list[_AnyFault] = []
        self.clearing = asyncio.Event()
        """Set when the faults are cleared the next time."""

    def switch_on(self, fault: _AnyFault) -> None:
        """Add a fault; the oldest that fits a request is used first."""
        self._on.append(fault)

    def clear(self) -> None:
        """No faults any more."""
        self._on.clear()
        self.clearing.set()
        self.clearing = asyncio.Event()

    def shown(self) -> list[_AnyFault]:
        """The faults still on, with what is left of their counts."""
        return list(self._on)

    def next_for(self, method: str, path: str) -> _AnyFault | None:
        """The fault that this request meets, its count lowered by one."""
        for place, fault in enumerate(self._on):
            if path in _LOOKED_AT and not isinstance(fault, Down):
                continue
            if not fault.match.fits(method, path):
                continue
            if fault.count == 1:
                del self._on[place]
            elif fault.count is not None:
                self._on[place] = fault.model_copy(update={"count": fault.count - 1})
            return fault
        return None


def add_fault_routes(app: FastAPI, switch: FaultSwitch) -> None:
    """POST, GET and DELETE /faults."""

    @app.post("/faults", status_code=201, tags=["faults"], summary="Switch a fault on")
    async def switch_fault_on(fault: Fault) -> list[Fault]:
        switch.switch_on(fault)
        return switch.shown()

    @app.get("/faults", tags=["faults"], summary="Faults switched on")
    async def faults() -> list[Fault]:
        return switch.shown()

    @app.delete("/faults", status_code=204, tags=["faults"], summary="Clear all faults")
    async def clear_faults() -> Response:
        switch.clear()
        return Response(status_code=204)


class FaultyApp:
    """An ASGI app whose requests meet the faults switched on."""

    def __init__(self, app: ASGIApp, switch: FaultSwitch) -> None:
        self._app = app
        self._switch = switch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or let it meet its fault."""
        fault = None
        if scope["type"] == "http" and not str(scope["path"]).startswith(_ALWAYS_ANSWERED):
            fault = self._switch.next_for(scope["method"], scope["path"])
        match fault:
            case Fail():
                await _error(fault)(scope, receive, send)
            case Garbage():
                page = Response("<html>We will be back soon", media_type="text/html")
                await page(scope, receive, send)
            case Slow():
                arrived = await _whole_request(receive)
                await asyncio.sleep(fault.seconds)
                await self._app(scope, arrived, send)
            case Down():
                await _cut(scope, receive)
            case CutAfter():
                await self._app(scope, receive, _swallow)
                await _cut(scope, receive)
            case FailAfter():
                await self._app(scope, receive, _swallow)
                await _error(fault)(scope, receive, send)
            case Hold():
                cleared = self._switch.clearing
                await self._app(scope, receive, _swallow)
                await cleared.wait()
                await _cut(scope, receive)
            case CutAmid():
                await self._app(scope, receive, _half_of_it(send))
                await _cut(scope, receive)
            case None:
                await self._app(scope, receive, send)


def _error(fault: Fail | FailAfter) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return Problem(fault.status, "fault", "A fault was switched on here", headers=headers).response()


async def _whole_request(receive: Receive) -> Receive:
    """The request as it arrived: it is worked on even when the caller has left meanwhile, as in a real system."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    messages.reverse()

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


async def _swallow(message: Message) -> None:
    """Nothing of the answer leaves."""


def _half_of_it(send: Send) -> Send:
    """The answer's head, which tells its length, and half of the rest."""

    async def forward(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        await send(message)

    return forward


async def _cut(scope: Scope, receive: Receive) -> None:
    cut: Cut = scope["extensions"]["demo.cut"]
    cut()
    # The server takes an app that returns before the connection is gone for one that forgot to answer.
    while (await receive())["type"] != "http.disconnect":
        pass
