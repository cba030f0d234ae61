"""Search attributes by which runs are found in lists and in the Temporal UI; none of them holds personal data."""

from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from baton.contracts import names

PROCESS = SearchAttributeKey.for_keyword(names.SA_PROCESS)
STAGE = SearchAttributeKey.for_keyword(names.SA_STAGE)
WAITING_ON = SearchAttributeKey.for_keyword(names.SA_WAITING_ON)
ASSIGNEES = SearchAttributeKey.for_keyword_list(names.SA_ASSIGNEES)
DUE = SearchAttributeKey.for_datetime(names.SA_DUE)
PRIORITY = SearchAttributeKey.for_int(names.SA_PRIORITY)

TYPES: dict[str, str] = {
    PROCESS.name: "Keyword",
    STAGE.name: "Keyword",
    WAITING_ON.name: "Keyword",
    ASSIGNEES.name: "KeywordList",
    DUE.name: "Datetime",
    PRIORITY.name: "Int",
}
"""Each attribute's type, in the words of `temporal operator search-attribute create`."""

_WIRE_TYPES: dict[str, IndexedValueType.ValueType] = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "KeywordList": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}
_TIMEOUT = timedelta(seconds=5)


async def existing(client: Client) -> list[str]:
    """Ours that the namespace has with the right type: only these may be written, any other would hang a run."""
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace), timeout=_TIMEOUT
    )
    return [name for name, kind in TYPES.items() if answer.custom_attributes.get(name) == _WIRE_TYPES[kind]]


async def ensure(client: Client) -> list[str]:
    """Create what is missing; returns what is missing still, where the server refuses to create it."""
    try:
        missing = _without(await existing(client))
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace, search_attributes={name: _WIRE_TYPES[TYPES[name]] for name in missing}
                ),
                timeout=_TIMEOUT,
            )
            missing = _without(await existing(client))
    except RPCError as refused:
        if refused.status not in _REFUSALS:
            raise
        missing = await _missing_as_far_as_known(client)
    return missing


def create_commands(missing: list[str], namespace: str) -> list[str]:
    """What an operator runs where this program may not create them."""
    return [
        f"temporal operator search-attribute create --namespace {namespace} --name {name} --type {TYPES[name]}"
        for name in missing
    ]


_REFUSALS = {
    RPCStatusCode.PERMISSION_DENIED,
    RPCStatusCode.UNAUTHENTICATED,
    RPCStatusCode.UNIMPLEMENTED,
    RPCStatusCode.INVALID_ARGUMENT,  # the name exists with another type
    RPCStatusCode.ALREADY_EXISTS,  # two processes created them at once
    RPCStatusCode.FAILED_PRECONDITION,
}


async def _missing_as_far_as_known(client: Client) -> list[str]:
    try:
        return _without(await existing(client))
    except RPCError:
        return list(TYPES)


def _without(present: list[str]) -> list[str]:
    return [name for name in TYPES if name not in present]
