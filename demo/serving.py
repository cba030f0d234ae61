"""One HTTP server on one socket: started when it answers, stopped without waiting for idle connections."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .shop_file import DemoError

Cut = Callable[[], None]


def listen(host: str, port: int, purpose: str) -> socket.socket:
    """A listening socket (port 0: any free one), or one line that says which port is taken."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # Named as TCP, or asyncio does not switch Nagle's algorithm off and each answer comes 40 ms late.
        listener = socket.socket(family, kind, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
        return listener
    except OSError as error:
        raise DemoError(
            f"The {purpose} cannot listen on {host}:{port} ({error.strerror}): free it or choose another port"
        ) from error


class _CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose connection a fault can drop without an answer."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        serve = self.app

        async def serve_with_cut(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {"demo.cut": self._cut}
            await serve(scope, receive, send)

        self.app = serve_with_cut

    def _cut(self) -> None:
        self.transport.abort()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the process: several servers run in it."""
        yield


class HttpServer:
    """An app on a port. After a stop it can start again on the same port."""

    def __init__(self, app: ASGIApp, host: str, port: int, purpose: str) -> None:
        self._app = app
        self._host = host
        self._purpose = purpose
        self.port = port
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host  # noqa: S104 (compared, not bound)
        return f"http://{host}:{self.port}"

    async def start(self) -> None:
        """Listen and serve; returns once requests are answered."""
        listener = listen(self._host, self.port, self._purpose)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http=_CuttableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
                raise DemoError(f"The {self._purpose} did not start")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None
