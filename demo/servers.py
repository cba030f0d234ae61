"""All stand-in systems in one process, or in a thread: `async with DemoSystems.started(state_dir) as systems`."""

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from .crm_system import CrmSystem, crm_app
from .documents import DocumentStore
from .faults import FaultSwitch
from .mail_store import MailStore
from .mail_system import SmtpServer, mail_app
from .order_system import OrderSystem, order_app
from .serving import HttpServer
from .shop_file import OWN_SHOP, DemoError, ShopFile

SystemName = Literal["orders", "crm", "mail"]
ALL_SYSTEMS: tuple[SystemName, ...] = ("orders", "crm", "mail")


@dataclass(frozen=True)
class Places:
    """Where the systems listen; port 0 is any free one."""

    host: str = "127.0.0.1"
    orders_port: int = 0
    crm_port: int = 0
    mail_port: int = 0
    smtp_port: int = 0


class _Books(Protocol):
    def load(self, source: ShopFile) -> None: ...


class DemoSystems:
    """The stand-in systems: on an event loop (`open`, `close`) or in a thread of their own (`started`, `running`)."""

    def __init__(
        self,
        state_dir: Path,
        orders_file: Path | None = None,
        places: Places | None = None,
        only: tuple[SystemName, ...] = ALL_SYSTEMS,
        *,
        keys: bool = True,
    ) -> None:
        self._state_dir = state_dir
        self._orders_file = orders_file
        self._places = places or Places()
        self._only = only
        self._keys = keys
        self._http: dict[SystemName, HttpServer] = {}
        self._smtp: SmtpServer | None = None
        self._stores: list[DocumentStore | MailStore] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Load what must be loaded and answer on all ports; on any failure nothing stays open."""
        places = self._places
        self._loop = asyncio.get_running_loop()
        try:
            if "orders" in self._only:
                orders = OrderSystem(self._state_dir / "orders.sqlite", keeps_keys=self._keys)
                self._stores.append(orders.store)
                self._fill(orders, orders.store.note("source"))
                await self._serve("orders", order_app(orders, FaultSwitch()), places.orders_port, "order system")
            if "crm" in self._only:
                crm = CrmSystem(self._state_dir / "crm.sqlite", keeps_keys=self._keys)
                self._stores.append(crm.store)
                self._fill(crm, crm.store.note("source"))
                await self._serve("crm", crm_app(crm, FaultSwitch()), places.crm_port, "CRM")
            if "mail" in self._only:
                mails = MailStore(self._state_dir / "mail.sqlite")
                self._stores.append(mails)
                self._smtp = SmtpServer(mails, places.host, places.smtp_port)
                await self._smtp.start()
                await self._serve("mail", mail_app(mails, self._smtp), places.mail_port, "mail system")
        except (OSError, sqlite3.Error) as error:
            await self.close()
            raise DemoError(f"The state directory {self._state_dir} cannot be used: {error}") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Refuse connections from now on."""
        if self._smtp is not None:
            await self._smtp.stop()
        await asyncio.gather(*(server.stop() for server in self._http.values()))
        while self._stores:
            self._stores.pop().close()

    def _fill(self, books: _Books, loaded: str | None) -> None:
        """Load the orders file where it is a new one; what happened in the shop outlives a restart."""
        if self._orders_file is None and loaded is not None:
            return
        source = ShopFile.read(self._orders_file or OWN_SHOP)
        if source.digest != loaded:
            books.load(source)

    async def _serve(self, name: SystemName, app: object, port: int, purpose: str) -> None:
        server = HttpServer(app, self._places.host, port, purpose)  # type: ignore[arg-type]
        self._http[name] = server
        await server.start()

    @property
    def orders_url(self) -> str:
        """The order system's address, e.g. http://127.0.0.1:8001."""
        return self._http["orders"].url

    @property
    def crm_url(self) -> str:
        """The CRM's address."""
        return self._http["crm"].url

    @property
    def mail_url(self) -> str:
        """Where delivered mail is shown and SMTP faults are switched."""
        return self._http["mail"].url

    @property
    def smtp_host(self) -> str:
        """The SMTP server's host."""
        assert self._smtp is not None
        return self._smtp.host

    @property
    def smtp_port(self) -> int:
        """The SMTP server's port."""
        assert self._smtp is not None
        return self._smtp.port

    def addresses(self) -> dict[str, str | int]:
        """What demo.json says: the addresses of the systems that run, and the process id."""
        shown: dict[str, str | int] = {f"{name}_url": server.url for name, server in self._http.items()}
        if self._smtp is not None:
            shown |= {"smtp_host": self.smtp_host, "smtp_port": self.smtp_port}
        return shown | {"pid": os.getpid()}

    def write_addresses(self) -> Path:
        """Write demo.json beside the databases, whole or not at all."""
        path = self._state_dir / "demo.json"
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(self.addresses(), indent=2) + "\n")
        fresh.replace(path)
        return path

    def stop_system(self, name: SystemName) -> None:
        """From a test's thread: refuse connections to one system (its HTTP side)."""
        self._on_its_loop(self._http[name].stop())

    def start_system(self, name: SystemName) -> None:
        """From a test's thread: the system answers again, on the same port and with what it knew."""
        self._on_its_loop(self._http[name].start())

    def _on_its_loop(self, work: Coroutine[object, object, None]) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    @classmethod
    @contextmanager
    def running(
        cls, state_dir: Path, orders_file: Path | None = None, places: Places | None = None, *, keys: bool = True
    ) -> Iterator["DemoSystems"]:
        """The systems in a thread with an event loop of its own: a test that blocks cannot stall them."""
        systems = cls(state_dir, orders_file, places, keys=keys)
        ready = threading.Event()
        failure: list[BaseException] = []
        ended: asyncio.Event | None = None

        async def serve() -> None:
            nonlocal ended
            ended = asyncio.Event()
            try:
                await systems.open()
            except BaseException as error:
                failure.append(error)
                return
            finally:
                ready.set()
            await ended.wait()
            await systems.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), name="demo systems", daemon=True)
        thread.start()
        ready.wait()
        if failure:
            thread.join()
            raise failure[0]
        try:
            yield systems
        finally:
            assert systems._loop is not None
            assert ended is not None
            systems._loop.call_soon_threadsafe(ended.set)
            thread.join(timeout=10)

    @classmethod
    @asynccontextmanager
    async def started(
        cls, state_dir: Path, orders_file: Path | None = None, places: Places | None = None, *, keys: bool = True
    ) -> AsyncIterator["DemoSystems"]:
        """As `running`, for `async with`."""
        with cls.running(state_dir, orders_file, places, keys=keys) as systems:
            yield systems


__all__ = ["ALL_SYSTEMS", "DemoError", "DemoSystems", "Places", "SystemName"]
