"""How the client learns, at no cost to speak of, that a run is about to ask: the draft's step tells it by a datagram.

Asking again and again would cost more than the difference that is measured.
"""

import asyncio
import socket


class Tell:
    """The worker's end."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", port))

    def about_to_ask(self, workflow_id: str) -> None:
        """The draft of this run is written: its review opens with the next workflow task."""
        self._socket.send(workflow_id.encode())


class Told(asyncio.DatagramProtocol):
    """The client's end: one event a run."""

    def __init__(self) -> None:
        self._runs: dict[str, asyncio.Event] = {}

    def datagram_received(self, data: bytes, addr: tuple[str | int, int]) -> None:
        """A run is about to ask."""
        self.run(data.decode()).set()

    def run(self, workflow_id: str) -> asyncio.Event:
        """Set once that run is about to ask."""
        return self._runs.setdefault(workflow_id, asyncio.Event())
