"""The CRM over HTTP, as the one that ships for trying speaks it (its OpenAPI page: /docs)."""

from collections.abc import Mapping

from pydantic import AwareDatetime, BaseModel, JsonValue, TypeAdapter

from baton.contracts.orders import Customer, Order
from baton.contracts.systems import CrmEntry, CrmLogged, CustomerQuery, Health, NotFound, Rejected

from .asking import bare_number, query_of
from .http_json import JsonHttp
from .shop_documents import ContactDocument, OrderDocument


class _OrderCopy(BaseModel):
    as_of: AwareDatetime
    order: OrderDocument


class _Written(BaseModel):
    entry_id: str
    outcome: str
    summary: str


_CONTACTS = TypeAdapter(list[ContactDocument])
_WRITTEN = TypeAdapter(list[_Written])


class HttpCrm:
    """A Crm. Options: those of `JsonHttp`."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._http = JsonHttp("CRM", options, example="http://127.0.0.1:8002")

    async def find_contacts(self, query: CustomerQuery) -> list[Customer]:
        """Contacts that match exactly, letter case aside."""
        answer = await self._http.get("/contacts", query=query_of(query))
        return [found.customer() for found in answer.read_as(_CONTACTS)]

    async def last_known_order(self, order_id: str) -> Order:
        """The CRM's own copy of an order; its version is its date, which no order system takes for a current one."""
        answer = await self._http.get("/orders/{order_id}", order_id=bare_number(order_id))
        copy = answer.read_as(_OrderCopy)
        return copy.order.order(f"copy of {copy.as_of.isoformat()}", stale_since=copy.as_of)

    async def log(self, entry: CrmEntry, *, key: str) -> CrmLogged:
        """Write the entry once per `key`."""
        body: dict[str, JsonValue] = entry.model_dump(mode="json", exclude={"customer_id"})
        body["contact_id"] = entry.customer_id
        answer = await self._http.write("POST", "/entries", body, {"Idempotency-Key": key})
        written = answer.read_as(_Written)
        replayed = answer.headers.get("idempotent-replayed") == "true"
        return CrmLogged(key=key, entry_id=written.entry_id, replayed=replayed)

    async def find_logged(self, key: str) -> CrmLogged | None:
        """The entry written under this key; Rejected where the CRM answers that it keeps none."""
        try:
            found = (await self._http.get("/entries", query={"key": key})).read_as(_WRITTEN)
        except NotFound as nowhere:
            raise Rejected(str(nowhere)) from None
        return CrmLogged(key=key, entry_id=found[0].entry_id, replayed=True) if found else None

    async def find_entry(self, entry: CrmEntry) -> CrmLogged | None:
        """The entry of this enquiry that says the same."""
        found = (await self._http.get("/entries", query={"enquiry_id": entry.enquiry_id})).read_as(_WRITTEN)
        same = [each for each in found if (each.outcome, each.summary) == (entry.outcome, entry.summary)]
        return CrmLogged(key="", entry_id=same[0].entry_id, replayed=True) if same else None

    async def health(self) -> Health:
        """Whether the CRM answers now."""
        return await self._http.health()

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()
