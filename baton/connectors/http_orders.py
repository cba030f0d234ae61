"""The order system over HTTP, as the one that ships for trying speaks it (its OpenAPI page: /docs)."""

from collections.abc import Mapping
from typing import get_args

from pydantic import BaseModel, JsonValue, TypeAdapter

from baton.contracts.orders import (
    Action,
    ActionKind,
    CancelOrder,
    ChangeAddress,
    ChangeItems,
    ChangePayment,
    Customer,
    ExchangeItems,
    Order,
    Product,
    ReturnItems,
)
from baton.contracts.systems import (
    CustomerQuery,
    Health,
    NotFound,
    OrderCapabilities,
    Performed,
    Rejected,
    Unexpected,
)

from .asking import bare_number, query_of
from .http_json import JsonHttp
from .shop_documents import AddressDocument, CustomerDocument, OrderDocument, ProductDocument


class _Capabilities(BaseModel):
    actions: list[str]
    idempotency_keys: bool
    currency: str = ""


class _Done(BaseModel):
    reference: str
    order_version: str
    order: OrderDocument

    def performed(self, key: str, *, replayed: bool) -> Performed:
        order = self.order.order(self.order_version)
        return Performed(key=key, order=order, reference=self.reference, replayed=replayed)


_CUSTOMERS = TypeAdapter(list[CustomerDocument])
_DONE = TypeAdapter(list[_Done])
_KNOWN_ACTIONS: tuple[ActionKind, ...] = get_args(ActionKind)


class HttpOrders:
    """An OrderSystem. Options: those of `JsonHttp`."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._http = JsonHttp("order system", options, example="http://127.0.0.1:8001")

    async def capabilities(self) -> OrderCapabilities:
        """Which actions this shop has; those that we do not know are left out."""
        said = (await self._http.get("/capabilities")).read_as(_Capabilities)
        known = [kind for kind in _KNOWN_ACTIONS if kind in said.actions]
        return OrderCapabilities(actions=known, supports_keys=said.idempotency_keys, currency=said.currency)

    async def find_customers(self, query: CustomerQuery) -> list[Customer]:
        """All customers that match exactly, letter case aside."""
        answer = await self._http.get("/customers", query=query_of(query))
        return [found.customer() for found in answer.read_as(_CUSTOMERS)]

    async def get_order(self, order_id: str) -> Order:
        """One order as it is now."""
        answer = await self._http.get("/orders/{order_id}", order_id=bare_number(order_id))
        document = answer.read_as(OrderDocument)
        version = answer.headers.get("etag", "").removeprefix("W/").strip('"')
        if not version:
            raise Unexpected(f"{answer.what} did not say the order's version (ETag)")
        return document.order(version)

    async def get_product(self, product_id: str) -> Product:
        """One product with its variants."""
        answer = await self._http.get("/products/{product_id}", product_id=bare_number(product_id))
        return answer.read_as(ProductDocument).product()

    async def perform(self, action: Action, *, key: str, expected_version: str) -> Performed:
        """Carry the action out once per `key`, which goes along as a note too: where no keys are kept, that tells."""
        answer = await self._http.write(
            "POST",
            "/orders/{order_id}/actions",
            {**_body(action), "note": key},
            {"Idempotency-Key": key, "If-Match": f'"{expected_version}"'},
            order_id=bare_number(action.order_id),
        )
        replayed = answer.headers.get("idempotent-replayed") == "true"
        return answer.read_as(_Done).performed(key, replayed=replayed)

    async def find_performed(self, key: str) -> Performed | None:
        """What was done under this key; Rejected where the system answers that it keeps none."""
        try:
            found = (await self._http.get("/actions", query={"key": key})).read_as(_DONE)
        except NotFound as nowhere:
            raise Rejected(str(nowhere)) from None
        return found[0].performed(key, replayed=True) if found else None

    async def health(self) -> Health:
        """Whether the order system answers now."""
        return await self._http.health()

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()


def _body(action: Action) -> dict[str, JsonValue]:
    match action:
        case CancelOrder():
            return {"kind": action.kind, "reason": action.reason}
        case ReturnItems():
            return {
                "kind": action.kind,
                "item_ids": list(action.item_ids),
                "payment_method_id": action.refund_to,
            }
        case ExchangeItems() | ChangeItems():
            return {
                "kind": action.kind,
                "item_ids": [swap.item_id for swap in action.swaps],
                "new_item_ids": [swap.new_item_id for swap in action.swaps],
                "payment_method_id": action.pay_with,
            }
        case ChangeAddress():
            return {"kind": action.kind, "address": AddressDocument.of(action.address).model_dump()}
        case ChangePayment():
            return {"kind": action.kind, "payment_method_id": action.pay_with}
