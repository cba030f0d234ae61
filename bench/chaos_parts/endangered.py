"""The product's own connectors, with the places around each write at which the worker may come to harm.

A setting names them, as it would another shop's. Options beside those of the connectors: `tokens`, the directory of
the boundaries, and `faults_url`, where the system is made slow enough to be met in the midst of its work.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import JsonValue
from temporalio import activity

from baton.connectors.http_crm import HttpCrm
from baton.connectors.http_orders import HttpOrders
from baton.connectors.smtp_mail import SmtpMailbox
from baton.contracts.orders import Action
from baton.contracts.systems import CrmEntry, CrmLogged, Performed

from .boundaries import Boundary, Tokens
from .danger import come_to_harm, do_harm, harm_due

Answer = TypeVar("Answer")
Ask = Callable[[], Coroutine[Any, Any, Answer]]

_UNDER_WAY_S = 0.3
_SLOW_S = 1.0
"""How long the system takes over a request that is to be met in flight."""


class _Danger:
    """What may befall the worker around one request of a write."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._tokens = Tokens(Path(options["tokens"]))
        self._faults = f"{options['faults_url']}/faults"

    async def around(self, ask: Ask[Answer], match: dict[str, JsonValue] | None = None) -> Answer:
        """The answer to the request, where anybody lives to see it; `match` says which requests are made slow."""
        come_to_harm(self._tokens, "asking")
        harm = harm_due(self._tokens, "in flight")
        if harm is not None:
            await self._make_slow(match)
        asking = asyncio.create_task(ask())
        if harm is not None:
            await asyncio.wait([asking], timeout=_UNDER_WAY_S)
            if asking.done():
                # Another request met the slowness that was meant for this one.
                self._tokens.give_back(Boundary(activity.info().activity_type, "in flight", harm), os.getpid())
            else:
                do_harm(harm)
        answer = await asking
        come_to_harm(self._tokens, "answered")
        return answer

    async def _make_slow(self, match: dict[str, JsonValue] | None) -> None:
        fault: dict[str, JsonValue] = {"kind": "slow", "seconds": _SLOW_S, "count": 1}
        async with httpx.AsyncClient(timeout=5) as http:
            await http.post(self._faults, json=fault if match is None else fault | {"match": match})


class Orders(HttpOrders):
    """The order system, each action of which may cost a worker's life."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(options)
        self._danger = _Danger(options)

    async def perform(self, action: Action, *, key: str, expected_version: str) -> Performed:
        """Carry the action out."""
        path = f"/orders/{action.order_id.strip().removeprefix('#')}/actions"
        ask = partial(super().perform, action, key=key, expected_version=expected_version)
        return await self._danger.around(ask, {"method": "POST", "path": path})


class Crm(HttpCrm):
    """The CRM, each entry of which may cost a worker's life."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(options)
        self._danger = _Danger(options)

    async def log(self, entry: CrmEntry, *, key: str) -> CrmLogged:
        """Write the entry."""
        ask = partial(super().log, entry, key=key)
        return await self._danger.around(ask, {"method": "POST", "path": "/entries"})


class Mailbox(SmtpMailbox):
    """The mailbox, each mail of which may cost a worker's life."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(options)
        self._danger = _Danger(options)

    async def _deliver(self, recipient: str, content: bytes) -> None:
        # Here and not in `send`: a worker that freezes after it asked what was sent is the one to be afraid of.
        await self._danger.around(partial(super()._deliver, recipient, content))
