"""Bad days of the stand-in systems: faults of every kind, switched on at random and cleared at the end."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from random import Random

import httpx
from pydantic import JsonValue

from baton.cli.demo_systems import DemoAddresses

from .installation import CONNECTORS_WAIT_S

Fault = dict[str, JsonValue]

_BETWEEN_S = (0.3, 2.5)
_DOWN_S = (0.3, 2.0)
TOO_SLOW_S = CONNECTORS_WAIT_S + 1.0
"""Nobody waits so long: what is asked for is done when whoever asked has given up."""
_HTTP: tuple[Fault, ...] = (
    {"kind": "fail", "status": 500, "count": 1},
    {"kind": "fail", "status": 503, "count": 2},
    {"kind": "fail", "status": 502, "count": 1},
    {"kind": "fail", "status": 429, "count": 2, "retry_after": 1},
    {"kind": "slow", "seconds": 1.5, "count": 2},
    {"kind": "cut_after", "count": 1},
    {"kind": "cut_after", "count": 2, "match": {"method": "POST"}},
    {"kind": "cut_amid", "count": 2},
    {"kind": "garbage", "count": 1},
    {"kind": "slow", "seconds": TOO_SLOW_S, "count": 1},
    {"kind": "hold", "count": 1, "match": {"method": "POST"}},
    {"kind": "down"},
)
_SMTP: tuple[Fault, ...] = (
    {"kind": "fail", "status": 421, "stage": "mail", "count": 1},
    {"kind": "fail", "status": 450, "stage": "rcpt", "count": 1},
    {"kind": "fail", "status": 451, "stage": "data", "count": 1},
    {"kind": "slow", "seconds": 1.5, "count": 2},
    {"kind": "slow", "seconds": TOO_SLOW_S, "count": 1},
    {"kind": "cut_after", "count": 1},
    {"kind": "down"},
)


_POST: JsonValue = {"method": "POST"}
_CUSTOMERS: JsonValue = {"method": "GET", "path": "/customers"}
_ORDER: JsonValue = {"method": "GET", "path": "/orders/*"}
_ORDERS_FOR_GOOD: tuple[Fault, ...] = (
    {"kind": "fail", "status": 404, "count": 1, "match": _CUSTOMERS},
    {"kind": "fail", "status": 404, "count": 1, "match": _ORDER},
    {"kind": "fail", "status": 422, "count": 1, "match": _POST},
)
_CRM_FOR_GOOD: tuple[Fault, ...] = ({"kind": "fail", "status": 422, "count": 1, "match": _POST},)
_MAIL_FOR_GOOD: tuple[Fault, ...] = ({"kind": "fail", "status": 550, "stage": "rcpt", "count": 1},)


@dataclass(frozen=True)
class _System:
    """One system: what befalls it at random, and what waits for whoever meets it first, so that fallbacks are due."""

    url: str
    faults: Sequence[Fault]
    for_good: Sequence[Fault]


class Weather:
    """Until cancelled; then fair. Every fault of every system has its turn before one comes again."""

    def __init__(self, at: DemoAddresses, refusing_orders: Sequence[str], seed: int) -> None:
        self._dice = Random(f"{seed}/weather")
        refused = [_refusal(order_id) for order_id in refusing_orders]
        self._systems = (
            _System(at.orders_url, _HTTP, [*refused, *_ORDERS_FOR_GOOD]),
            _System(at.crm_url, _HTTP, _CRM_FOR_GOOD),
            _System(at.mail_url, _SMTP, _MAIL_FOR_GOOD),
        )

    async def work(self) -> None:
        """One fault after another, in an order that is drawn anew each time round."""
        every = [(system, fault) for system in self._systems for fault in system.faults]
        async with httpx.AsyncClient(timeout=5) as http:
            for system in self._systems:
                await _switch_on(http, system.url, system.for_good)
            for system, fault in chain.from_iterable(self._dice.sample(every, len(every)) for _ in count()):
                await asyncio.sleep(self._dice.uniform(*_BETWEEN_S))
                with suppress(httpx.HTTPError):
                    await _switch_on(http, system.url, [fault])
                    if fault["kind"] == "down":
                        await asyncio.sleep(self._dice.uniform(*_DOWN_S))
                        await http.delete(f"{system.url}/faults")
                        await _switch_on(http, system.url, system.for_good)

    async def clear(self) -> None:
        """Fair weather from now on."""
        async with httpx.AsyncClient(timeout=30) as http:
            for system in self._systems:
                (await http.delete(f"{system.url}/faults")).raise_for_status()


def _refusal(order_id: str) -> Fault:
    path = f"/orders/{order_id.removeprefix('#')}/actions"
    return {"kind": "fail", "status": 422, "count": None, "match": {"method": "POST", "path": path}}


async def _switch_on(http: httpx.AsyncClient, url: str, faults: Sequence[Fault]) -> None:
    for fault in faults:
        (await http.post(f"{url}/faults", json=fault)).raise_for_status()
