"""The stand-in CRM: contacts, its own last-known copies of orders, and a history of entries, over HTTP.

Its copies are as old as its last import: `as_of` says when that was, and nothing done in the order system since shows.
Started with --no-keys it ignores the Idempotency-Key and cannot be asked by key: a repeat is written again.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.types import ASGIApp
from typing_extensions import TypedDict

from .asking import one_way_of_asking, spellings_of_order_id
from .crm_page import crm_page
from .documents import DocumentStore, fingerprint_of
from .faults import FaultSwitch, FaultyApp, add_fault_routes
from .problems import Problem, ProblemDocument, answer_with_problems, no_keys
from .shop_file import AddressDoc, OrderDoc, ShopFile, UserDoc, with_currency


class ContactDoc(TypedDict):
    """A contact: a customer without payment methods."""

    contact_id: str
    first_name: str
    last_name: str
    emails: list[str]
    address: AddressDoc
    order_ids: list[str]


class OrderCopyDoc(TypedDict):
    """An order as it was when the CRM last imported it."""

    as_of: str
    order: OrderDoc


class EntryBody(BaseModel):
    """One line in a contact's history."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    enquiry_id: str = Field(min_length=1)
    contact_id: str | None = None
    outcome: str = Field(min_length=1)
    summary: str
    actions: list[str] = []
    decided_by: str | None = None
    at: AwareDatetime
    archive: str = ""


class CrmSystem:
    """The CRM's books."""

    def __init__(self, path: Path, *, keeps_keys: bool = True) -> None:
        self.store = DocumentStore(path)
        self._keeps_keys = keeps_keys

    def load(self, source: ShopFile) -> None:
        """Start over: import contacts and order copies from the file."""
        as_of = datetime.now(UTC).isoformat()
        with self.store.transaction():
            self.store.clear()
            for user_id, user in source.tables["users"].items():
                values = {
                    "customer_id": user_id,
                    "email": user["email"],
                    "name": f"{user['name']['first_name']} {user['name']['last_name']}",
                    "postcode": user["address"]["zip"],
                }
                self.store.put("contacts", user_id, _contact(user_id, user), values)
            for order_id, order in source.tables["orders"].items():
                copied = with_currency(order, source.tables.get("shop"))
                self.store.put("orders", order_id, {"as_of": as_of, "order": copied})
            self.store.remember("source", source.digest)

    def find_contacts(self, asked: Mapping[str, str]) -> list[ContactDoc]:
        """Contacts for whom every look-up value is the one asked for."""
        return self.store.matching("contacts", asked)

    def order_copy(self, order_id: str) -> OrderCopyDoc:
        """The CRM's copy of an order, with or without '#'."""
        found = self.store.first_of("orders", spellings_of_order_id(order_id))
        if found is None:
            raise Problem(404, "no-order-copy", "There is no copy of such an order")
        copy: OrderCopyDoc = found.document
        return copy

    def write(self, entry: EntryBody, key: str | None) -> tuple[dict[str, Any], bool]:
        """Write the entry once per key: the entry as it is kept, and whether it was there before."""
        fingerprint = fingerprint_of("entry", entry.model_dump_json())
        with self.store.transaction():
            earlier = self._earlier(key, fingerprint)
            if earlier is not None:
                return earlier, True
            number = self.store.count_answers() + 1
            kept = key if self._keeps_keys else None
            written = {"entry_id": f"CRM-{number:06d}", "key": kept, **entry.model_dump(mode="json")}
            self.store.keep_answer(kept or f"unkeyed {number}", fingerprint, written)
            return written, False

    def _earlier(self, key: str | None, fingerprint: str) -> dict[str, Any] | None:
        if not self._keeps_keys:
            return None
        if not key:
            raise Problem(400, "idempotency-key-missing", "This request needs an Idempotency-Key header")
        answered = self.store.answered(key)
        if answered is None:
            return None
        if answered.fingerprint != fingerprint:
            raise Problem(422, "idempotency-key-reused", "This Idempotency-Key was used for a different request")
        earlier: dict[str, Any] = answered.answer
        return earlier

    def entries(self, key: str | None, enquiry_id: str | None) -> list[dict[str, Any]]:
        """Entries under a key, of an enquiry, or all; oldest first."""
        if key is not None:
            if not self._keeps_keys:
                raise no_keys()
            answered = self.store.answered(key)
            return [] if answered is None else [answered.answer]
        return [entry for entry in self.store.answers() if enquiry_id in (None, entry["enquiry_id"])]


def _contact(user_id: str, user: UserDoc) -> ContactDoc:
    return ContactDoc(
        contact_id=user_id,
        first_name=user["name"]["first_name"],
        last_name=user["name"]["last_name"],
        emails=[user["email"]],
        address=user["address"],
        order_ids=user["orders"],
    )


def crm_app(books: CrmSystem, switch: FaultSwitch) -> ASGIApp:
    """The CRM's HTTP side: a page for people at /, the rest as JSON. Its OpenAPI page is at /docs."""
    app = FastAPI(
        title="CRM",
        description=__doc__ or "",
        responses={"default": {"model": ProblemDocument, "description": "RFC 9457 problem"}},
    )
    answer_with_problems(app)
    add_fault_routes(app, switch)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/contacts", summary="Contacts that match exactly, letter case aside")
    async def contacts(
        customer_id: Annotated[str | None, Query()] = None,
        email: Annotated[str | None, Query()] = None,
        name: Annotated[str | None, Query(description="first and last name; with postcode")] = None,
        postcode: Annotated[str | None, Query()] = None,
    ) -> list[ContactDoc]:
        asked = one_way_of_asking(customer_id=customer_id, email=email, name=name, postcode=postcode)
        return books.find_contacts(asked)

    @app.get("/orders/{order_id}", summary="The CRM's own copy of an order", responses={200: {"model": OrderCopyDoc}})
    async def order(order_id: str) -> JSONResponse:
        return JSONResponse(books.order_copy(order_id))

    @app.post("/entries", status_code=201, summary="Write an entry once per key")
    async def write(entry: EntryBody, idempotency_key: Annotated[str | None, Header()] = None) -> JSONResponse:
        written, earlier = books.write(entry, idempotency_key)
        headers = {"Idempotent-Replayed": "true"} if earlier else {}
        return JSONResponse(written, status_code=201, headers=headers)

    @app.get("/entries", summary="Entries: all, under one key, or of one enquiry")
    async def entries(
        key: Annotated[str | None, Query()] = None, enquiry_id: Annotated[str | None, Query()] = None
    ) -> JSONResponse:
        return JSONResponse(books.entries(key, enquiry_id))

    @app.get("/", response_class=HTMLResponse, summary="All entries, for people")
    async def page_for_people() -> str:
        return crm_page(books.entries(None, None))

    return FaultyApp(app, switch)
