"""The stand-in order system: customers, orders, products and what was done to them, over HTTP.

Writes need an Idempotency-Key (the same key with the same body gives the stored answer, with another body 422) and,
for an order, If-Match with the version that was read (412 when it changed since, 428 when it is missing).
A request that was refused is not stored under its key: nothing was done, and the key stays free.

Started with --no-keys it ignores the header and cannot be asked by key, as many a real system: a repeat is done again.
What it keeps is the `note` of an action, with the order.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp

from .asking import one_way_of_asking, spellings_of_order_id
from .documents import DocumentStore, Stored, fingerprint_of
from .faults import FaultSwitch, FaultyApp, add_fault_routes
from .order_actions import ACTION_KINDS, AddressBody, OrderAction
from .order_page import order_page
from .order_rules import carry_out
from .problems import Problem, ProblemDocument, answer_with_problems, no_keys
from .shop_file import OrderDoc, ProductDoc, ShopDoc, ShopFile, UserDoc, with_currency

IdempotencyKey = Annotated[str | None, Header(description="one per intended change; a repeat gives the same answer")]
IfMatch = Annotated[str | None, Header(description='the ETag that was read, e.g. "3"')]


class OrderSystem:
    """The order system's books: loads a shop, finds, and carries out actions once per key."""

    def __init__(self, path: Path, *, keeps_keys: bool = True) -> None:
        self.store = DocumentStore(path)
        self.keeps_keys = keeps_keys

    def load(self, source: ShopFile) -> None:
        """Start over with the file's contents."""
        with self.store.transaction():
            self.store.clear()
            for product_id, product in source.tables["products"].items():
                self.store.put("products", product_id, product)
            for user_id, user in source.tables["users"].items():
                self._put_customer(user_id, user)
            for order_id, order in source.tables["orders"].items():
                self.store.put("orders", order_id, order)
            if "shop" in source.tables:
                self.store.put("shop", "shop", source.tables["shop"])
            self.store.remember("source", source.digest)

    def shop(self) -> ShopDoc | None:
        """The shop's name and currency; None where the file says nothing."""
        found = self.store.get("shop", "shop")
        return None if found is None else found.document

    def find_order(self, order_id: str) -> Stored:
        """An order by its number, with or without '#', in any letter case."""
        found = self.store.first_of("orders", spellings_of_order_id(order_id))
        if found is None:
            raise Problem(404, "no-such-order", "There is no such order")
        return found

    def find_product(self, product_id: str) -> ProductDoc | None:
        """A product by its id."""
        found = self.store.get("products", product_id)
        return None if found is None else found.document

    def find_customers(self, asked: Mapping[str, str]) -> list[UserDoc]:
        """Customers for whom every look-up value is the one asked for."""
        return self.store.matching("users", asked)

    def perform(
        self, order_id: str, action: OrderAction, key: str | None, if_match: str | None
    ) -> tuple[dict[str, Any], bool]:
        """Carry the action out once per key: what was performed, and whether that was earlier."""
        fingerprint = fingerprint_of(
            "order", spellings_of_order_id(order_id)[-1], action.model_dump_json(exclude={"note"})
        )
        with self.store.transaction():
            earlier = self._earlier(key, fingerprint)
            if earlier is not None:
                return earlier, True
            found = self.find_order(order_id)
            _require_version(if_match, found.version)
            order: OrderDoc = found.document
            customer: UserDoc = self._customer(order["user_id"])
            carry_out(action, order, customer, self.find_product, slips=self.shop() is None)
            if action.note and not self.keeps_keys:
                order["notes"] = [*order.get("notes", []), action.note]
            version = self.store.put("orders", order["order_id"], order)
            self._put_customer(order["user_id"], customer)
            asked = action.model_dump(exclude={"note"})
            done = self._record(key, fingerprint, action.kind, asked, order_id=order["order_id"], version=version)
            return done, False

    def change_address(self, customer_id: str, address: AddressBody, key: str | None) -> tuple[dict[str, Any], bool]:
        """Give a customer another address, once per key."""
        fingerprint = fingerprint_of("customer", customer_id, address.model_dump_json())
        with self.store.transaction():
            earlier = self._earlier(key, fingerprint)
            if earlier is not None:
                return earlier, True
            customer = self._customer(customer_id)
            customer["address"] = address.document()
            self._put_customer(customer_id, customer)
            return self._record(key, fingerprint, "change_customer_address", address.model_dump()), False

    def performed(self, key: str | None) -> list[dict[str, Any]]:
        """What was performed under a key, or everything, oldest first."""
        if key is None:
            return self.store.answers()
        if not self.keeps_keys:
            raise no_keys()
        answered = self.store.answered(key)
        return [] if answered is None else [answered.answer]

    def shown(self, order: OrderDoc) -> dict[str, Any]:
        """An order as it is shown: the document, and the shop's currency where it has one."""
        return with_currency(order, self.shop())

    def dump(self) -> dict[str, Any]:
        """All tables in the shape of the file that was loaded."""
        shop = self.shop()
        tables = {name: self.store.shelf(name) for name in ("products", "users", "orders")}
        return tables if shop is None else {"shop": shop, **tables}

    def _customer(self, customer_id: str) -> UserDoc:
        found = self.store.get("users", customer_id)
        if found is None:
            raise Problem(404, "no-such-customer", "There is no such customer")
        customer: UserDoc = found.document
        return customer

    def _put_customer(self, user_id: str, user: UserDoc) -> None:
        name = f"{user['name']['first_name']} {user['name']['last_name']}"
        values = {"customer_id": user_id, "email": user["email"], "name": name, "postcode": user["address"]["zip"]}
        self.store.put("users", user_id, user, values)

    def _earlier(self, key: str | None, fingerprint: str) -> dict[str, Any] | None:
        if not self.keeps_keys:
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

    def _record(
        self,
        key: str | None,
        fingerprint: str,
        kind: str,
        asked: dict[str, Any],
        *,
        order_id: str | None = None,
        version: int | None = None,
    ) -> dict[str, Any]:
        number = self.store.count_answers() + 1
        done: dict[str, Any] = {
            "reference": f"ACT-{number:06d}",
            "key": key if self.keeps_keys else None,
            "kind": kind,
            "asked": asked,
            "order_id": order_id,
            "order_version": None if version is None else str(version),
            "order": None if order_id is None else self.shown(self.find_order(order_id).document),
            "performed_at": datetime.now(UTC).isoformat(),
        }
        self.store.keep_answer(key if key and self.keeps_keys else f"unkeyed {number}", fingerprint, done)
        return done


def _require_version(if_match: str | None, version: int) -> None:
    if if_match is None:
        raise Problem(428, "version-missing", "A change of an order needs an If-Match header with its version")
    wanted = [tag.strip() for tag in if_match.split(",")]
    if "*" not in wanted and f'"{version}"' not in wanted:
        raise Problem(412, "version-changed", "The order changed since it was read")


def order_app(books: OrderSystem, switch: FaultSwitch) -> ASGIApp:
    """The order system's HTTP side: a page for people at /, the rest as JSON. Its OpenAPI page is at /docs."""
    app = FastAPI(
        title="Order system",
        description=__doc__ or "",
        responses={"default": {"model": ProblemDocument, "description": "RFC 9457 problem"}},
    )
    answer_with_problems(app)
    add_fault_routes(app, switch)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/capabilities", summary="Which actions this shop has, and its currency")
    async def capabilities() -> dict[str, Any]:
        shop = books.shop() or {"name": "", "currency": ""}
        return {"actions": list(ACTION_KINDS), "idempotency_keys": books.keeps_keys, **shop}

    @app.get("/customers", summary="Customers that match exactly, letter case aside")
    async def customers(
        customer_id: Annotated[str | None, Query()] = None,
        email: Annotated[str | None, Query()] = None,
        name: Annotated[str | None, Query(description="first and last name; with postcode")] = None,
        postcode: Annotated[str | None, Query()] = None,
    ) -> JSONResponse:
        asked = one_way_of_asking(customer_id=customer_id, email=email, name=name, postcode=postcode)
        return JSONResponse(books.find_customers(asked))

    @app.put("/customers/{customer_id}/address", summary="Give a customer another address")
    async def change_address(
        customer_id: str, address: AddressBody, idempotency_key: IdempotencyKey = None
    ) -> JSONResponse:
        return _done(*books.change_address(customer_id, address, idempotency_key))

    @app.get("/orders/{order_id}", responses={200: {"model": OrderDoc}})
    async def order(order_id: str) -> JSONResponse:
        found = books.find_order(order_id)
        return JSONResponse(books.shown(found.document), headers={"ETag": f'"{found.version}"'})

    @app.post("/orders/{order_id}/actions", status_code=201, summary="Carry out an action once per key")
    async def act(
        order_id: str, action: OrderAction, idempotency_key: IdempotencyKey = None, if_match: IfMatch = None
    ) -> JSONResponse:
        return _done(*books.perform(order_id, action, idempotency_key, if_match))

    @app.get("/products/{product_id}", responses={200: {"model": ProductDoc}})
    async def product(product_id: str) -> JSONResponse:
        found = books.find_product(product_id)
        if found is None:
            raise Problem(404, "no-such-product", "There is no such product")
        return JSONResponse(found)

    @app.get("/actions", summary="What was performed, all or under one key")
    async def actions(key: Annotated[str | None, Query()] = None) -> JSONResponse:
        return JSONResponse(books.performed(key))

    @app.get("/", response_class=HTMLResponse, summary="Orders and what was done to them, for people")
    async def page_for_people() -> str:
        return order_page(books.shop(), books.store.stored("orders"), books.performed(None))

    @app.get("/dump", summary="All tables, in the shape of the loaded file")
    async def dump() -> JSONResponse:
        return JSONResponse(books.dump())

    return FaultyApp(app, switch)


def _done(performed: dict[str, Any], earlier: bool) -> JSONResponse:
    headers = {"Idempotent-Replayed": "true"} if earlier else {}
    if performed["order_version"] is not None:
        headers["ETag"] = f'"{performed["order_version"]}"'
    return JSONResponse(performed, status_code=201, headers=headers)
