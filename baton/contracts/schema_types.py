"""Types by name, read off JSON schemas: what a tool of another program takes and gives."""

from .plan import Need
from .types import Parts
from .wire import JsonObject

_PLAIN = {"string": "str", "integer": "int", "number": "number", "boolean": "bool"}
_DEEPEST = 8

LONGEST_DESCRIPTION = 200


def needs_in(schema: JsonObject) -> dict[str, Need]:
    """The inputs of a tool; what is made of parts is `json` there."""
    required = schema.get("required")
    return {
        name: Need(
            type=_Reader(schema, None).type_of(field, ""),
            required=isinstance(required, list) and name in required,
            description=str(field.get("description", ""))[:LONGEST_DESCRIPTION],
        )
        for name, field in _fields(schema).items()
    }


def parts_in(name: str, schema: JsonObject) -> Parts:
    """What the result of that name is made of; objects within it are named after their place."""
    parts: Parts = {}
    _Reader(schema, parts).note(name, schema, 0)
    return parts


class _Reader:
    def __init__(self, whole: JsonObject, parts: Parts | None) -> None:
        self._whole, self._parts = whole, parts

    def note(self, name: str, schema: JsonObject, depth: int) -> None:
        assert self._parts is not None
        self._parts[name] = {}
        fields = {each: self.type_of(field, name + pascal(each), depth + 1) for each, field in _fields(schema).items()}
        self._parts[name] = fields

    def type_of(self, schema: JsonObject, name: str, depth: int = 0) -> str:
        """`name` is that of an object found here."""
        schema = self._resolved(schema)
        kinds = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(kinds, list):
            left = [each for each in kinds if isinstance(each, dict) and each.get("type") != "null"]
            null = " | null" if len(left) < len(kinds) else ""
            return self.type_of(left[0], name, depth) + null if len(left) == 1 else "json"
        kind = schema.get("type")
        if isinstance(kind, list):
            alone = [each for each in kind if each != "null"]
            null = " | null" if len(alone) < len(kind) else ""
            return self.type_of({**schema, "type": alone[0]}, name, depth) + null if len(alone) == 1 else "json"
        if kind == "array":
            items = schema.get("items")
            return f"list[{self.type_of(items, name, depth) if isinstance(items, dict) else 'json'}]"
        if kind == "object" and _fields(schema) and self._parts is not None and depth < _DEEPEST:
            self.note(name, schema, depth)
            return name
        return _PLAIN.get(str(kind), "json")

    def _resolved(self, schema: JsonObject) -> JsonObject:
        found: object = self._whole
        reference = schema.get("$ref")
        if not isinstance(reference, str):
            return schema
        for step in reference.removeprefix("#/").split("/"):
            found = found.get(step) if isinstance(found, dict) else None
        return found if isinstance(found, dict) and "$ref" not in found else {}


def pascal(name: str) -> str:
    """`get_current_time` as it stands in the name of a type: `GetCurrentTime`."""
    words = "".join(each if each.isalnum() else " " for each in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def _fields(schema: JsonObject) -> dict[str, JsonObject]:
    fields = schema.get("properties")
    return (
        {name: field for name, field in fields.items() if isinstance(field, dict)} if isinstance(fields, dict) else {}
    )
