"""MCP servers as tools: what an installation grants of them (agents.toml), and how they were then (agents.lock)."""

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from .agents import without_prose
from .plan import Strict
from .wire import JsonObject, Wire, digest_of


class GrantedTool(Strict):
    """One tool of a server that plans may use. What is not granted is not there."""

    name: str | None = Field(default=None, min_length=1, max_length=100, description="in plans; None: the tool's own")
    effect: Literal["read", "idempotent_write", "irreversible"]
    undo: str | None = Field(default=None, description="of a write: the capability that takes it back")
    no_undo: str = Field(default="", description="of a write: why nothing takes it back")
    key_input: str | None = Field(default=None, description="of a write: the input that gets the idempotency key")
    cost: Decimal = Field(default=Decimal(0), ge=0)
    typical_s: float = Field(default=1.0, gt=0)
    attempt_s: float = Field(default=60.0, gt=0, le=600)

    @model_validator(mode="after")
    def _says_how_it_is_undone(self) -> "GrantedTool":
        said = bool(self.undo or self.no_undo)
        if self.effect == "read" and (said or self.key_input):
            raise ValueError("a read has nothing to take back and no key: leave out undo, no_undo and key_input")
        if self.effect != "read" and not said:
            raise ValueError('a write says what takes it back, undo = "…", or why nothing does, no_undo = "…"')
        return self


class ListedServer(Strict):
    """A program that offers tools over its standard streams."""

    command: str = Field(min_length=1)
    args: list[str] = []
    env: dict[str, str] = Field(default={}, description="beside PATH, HOME and the like, which it always gets")
    pass_env: list[str] = Field(default=[], description="names of variables of the worker's that it gets, too")
    tools: dict[str, GrantedTool] = Field(default={}, description="the granted ones, by the tool's own name")


class AgentsFile(Strict):
    """agents.toml."""

    servers: dict[str, ListedServer] = {}


class PinnedTool(Wire):
    """A tool as it was when it was pinned."""

    digest: str = ""
    description: str = ""
    input_schema: JsonObject
    output_schema: JsonObject | None = None

    @property
    def shape(self) -> str:
        """The digest of both schemas without their prose: a server may word a description by the day or the place."""
        gives = None if self.output_schema is None else without_prose(self.output_schema)
        return f"sha256:{digest_of({'input': without_prose(self.input_schema), 'output': gives})}"


class AgentsLock(Wire):
    """agents.lock: the pinned tools by server and tool."""

    servers: dict[str, dict[str, PinnedTool]] = {}
