"""A tiny order system in a process of its own: `python -m bench.measured.shop`. It costs as little as one can.

What real systems cost would be the same on both sides, and hide what differs.
"""

import asyncio
import json
import sys
from collections import Counter

from bench.instruments.processes import until_let_go
from bench.measured.enquiry import ORDER, POLICY

_GIVES = {"/order": ORDER.model_dump_json().encode(), "/policy": POLICY.model_dump_json().encode()}


class _Caller(asyncio.Protocol):
    """One connection, kept alive: requests come one after the other."""

    done: Counter[str] = Counter()
    """How often each idempotency key came."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._answers = transport
        self._came = b""

    def data_received(self, data: bytes) -> None:
        """Answer every request that has come whole."""
        self._came += data
        while (ends := self._came.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._came[:ends].decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            whole = ends + 4 + int(headers.get("content-length", "0"))
            if len(self._came) < whole:
                return
            self._came = self._came[whole:]
            method, path, _ = first.split(" ")
            self._answer(self._write(headers) if method == "POST" else self._read(path))

    def _read(self, path: str) -> bytes:
        return json.dumps(self.done).encode() if path == "/done" else _GIVES[path]

    def _write(self, headers: dict[str, str]) -> bytes:
        key = headers["idempotency-key"]
        self.done[key] += 1
        return json.dumps({"reference": f"ref-{key}"}).encode()

    def _answer(self, body: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._answers.write(head.encode() + body)


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Caller, "127.0.0.1", 0)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await until_let_go()


if __name__ == "__main__":
    asyncio.run(_serve())
