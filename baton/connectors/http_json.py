"""One exchange of JSON over HTTP with a system: bounded in time and size, never repeated, every failure a fault."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from baton.contracts.last_look import last_look
from baton.contracts.systems import Health, Misconfigured, NotFound, SystemFault, Unexpected

from . import options as read
from .faults import fault_of_answer, fault_of_failure

LARGEST_ANSWER_BYTES = 16 * 1024 * 1024
_IDLE_S = 2.0  # shorter than any server's own: else a write may go out on a connection that is being closed

Model = TypeVar("Model")


@dataclass(frozen=True)
class Answer:
    """A 2xx answer: its route for error texts, headers and body."""

    what: str
    headers: httpx.Headers
    body: bytes

    def read_as(self, shape: "type[Model] | TypeAdapter[Model]") -> Model:
        """The body as this shape, numbers with a fraction as Decimal; Unexpected when it is not that."""
        adapter = shape if isinstance(shape, TypeAdapter) else TypeAdapter(shape)
        try:
            return adapter.validate_python(json.loads(self.body, parse_float=Decimal, parse_constant=_refuse))
        except ValidationError as problem:
            # Names of fields alone: pydantic's own text repeats the values, which may be personal.
            first = problem.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part) if isinstance(part, int) else part for part in first["loc"][:1])
            raise Unexpected(f"{self.what} gave JSON of another shape ({first['type']} at '{place}')") from None
        except (ValueError, RecursionError):
            raise Unexpected(f"{self.what} gave an answer that is not JSON") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


class JsonHttp:
    """A system's HTTP side.

    Options: `url`; optional `token` (bearer) or `username` with `password` (basic), `timeout` (seconds, 10), `proxy`.
    """

    def __init__(
        self,
        name: str,
        options: Mapping[str, str],
        *,
        example: str,
        url_option: str = "url",
        health_route: str = "/health",
    ) -> None:
        self._name = name
        self._health_route = health_route
        self._url = read.web_address(options, url_option, example)
        self._timeout_s = read.seconds(options, "timeout", 10.0)
        token = options.get("token", "").strip()
        if token and not (token.isascii() and token.isprintable()):
            raise Misconfigured("option 'token' holds characters that no header can carry, e.g. token=s3cret")
        proxy = read.web_address(options, "proxy", "http://proxy.example:3128") if options.get("proxy") else None
        self._client = httpx.AsyncClient(
            headers={"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            timeout=self._timeout_s,
            limits=httpx.Limits(max_connections=50, keepalive_expiry=_IDLE_S),
            auth=(options["username"], options.get("password", "")) if options.get("username") else None,
            proxy=proxy,
            # The environment is read through the settings alone: a proxy meant for the web would swallow localhost.
            trust_env=False,
        )

    async def get(self, route: str, *, query: Mapping[str, str] | None = None, **ids: str) -> Answer:
        """Read; `route` is e.g. '/orders/{order_id}', filled with `ids`."""
        return await self._exchange("GET", route, ids, query=query)

    async def write(
        self, method: str, route: str, body: BaseModel | JsonValue, headers: Mapping[str, str], **ids: str
    ) -> Answer:
        """Write; a lost answer is OutcomeUnknown."""
        sent = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
        return await self._exchange(method, route, ids, body=sent, headers=headers)

    async def health(self) -> Health:
        """Whether the system answers now; never raises."""
        try:
            await self.get(self._health_route)
        except SystemFault as fault:
            return Health(ok=False, detail=str(fault))
        parts = httpx.URL(self._url)
        return Health(ok=True, detail=f"answers at {parts.host}{f':{parts.port}' if parts.port else ''}")

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _exchange(
        self,
        method: str,
        route: str,
        ids: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: JsonValue = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        what, writing = f"{self._name}: {method} {route}", method != "GET"
        if not all(value.strip(".") for value in ids.values()):
            raise NotFound(f"{what} cannot be asked for an id of dots")  # '..' would lead to another address
        sent = False

        async def watch(event: str, _: object) -> None:
            nonlocal sent
            if writing and event.endswith(("send_request_headers.started", "send_request_body.started")):
                last_look()
            sent = sent or event.endswith("send_request_headers.started")

        try:
            async with asyncio.timeout(self._timeout_s):
                request = self._client.build_request(
                    method,
                    self._url + route.format_map({name: quote(value, safe="") for name, value in ids.items()}),
                    params=query,
                    json=body if writing else None,
                    headers=headers,
                    extensions={"trace": watch},
                )
                response = await self._client.send(request, stream=True)
                try:
                    content = await _bounded(response, what)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as failure:
            raise fault_of_failure(what, failure, writing=writing, sent=sent) from None
        except UnicodeError:
            raise Misconfigured(f"{what} cannot be asked: a header cannot carry the value") from None
        if not response.is_success:
            raise fault_of_answer(what, response.status_code, response.headers, content, writing=writing)
        return Answer(what, response.headers, content)


async def _bounded(response: httpx.Response, what: str) -> bytes:
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > LARGEST_ANSWER_BYTES:
            raise Unexpected(f"{what} gave an answer of more than {LARGEST_ANSWER_BYTES} bytes")
    return bytes(content)
