"""What an agent had read and was told when it proposes or answers: for the person who looks at that."""

from collections.abc import Collection
from dataclasses import dataclass, field

from baton.contracts.conversation import ToolCall, Turn
from baton.contracts.enquiry import Evidence
from baton.contracts.wire import JsonObject, canonical_json

CAREFUL = "what the agent read tries to steer whoever reads it: see the notes"
UNFOUNDED = "it names what stands nowhere in what the agent was given and told: see the notes"

_LONGEST_CALL = 300


@dataclass
class Background:
    """Of one task, as far as it went. `bound`: what the process sets itself; `by`: who took the turn."""

    key: str
    bound: JsonObject
    by: str = ""
    warnings: dict[str, None] = field(default_factory=dict)
    _sent_back: dict[str, None] = field(default_factory=dict)
    _read: list[Evidence] = field(default_factory=list)

    def turn_taken(self, turn: Turn, by: str) -> None:
        """What was found in what it read for this turn, and in what it said at first."""
        self.by = by
        self.warnings |= dict.fromkeys(turn.warnings)
        self._sent_back |= dict.fromkeys(turn.sent_back)

    def went_back(self, fault: str) -> None:
        """An answer that the run did not take."""
        self._sent_back[fault] = None

    def has_read(self, key: str, call: ToolCall) -> None:
        """A tool's answer, which its next turn reads."""
        called = f"{call.tool} {canonical_json(call.arguments)}"
        self._read.append(Evidence(label="read by the agent", value=called[:_LONGEST_CALL], source=key))

    def evidence(self, inputs: Collection[str]) -> list[Evidence]:
        """What the process set itself, of these inputs and of whom it is about; and what the agent had read."""
        told = [(name, value) for name, value in self.bound.items() if name in inputs or name.endswith("_id")]
        bound = [f"{name} {canonical_json(value)}" for name, value in told]
        return [
            *(Evidence(label="set by the process", value=each, source=self.key) for each in bound),
            Evidence(label="read by the agent", value="what it was given", source=self.key),
            *self._read,
        ]

    def notes(self, unfounded: list[str]) -> list[str]:
        """What a person should know of words that the agent wrote."""
        return [
            *(f"careful: {each}" for each in self.warnings),
            *unfounded,
            *(f"sent back to the agent: {each}" for each in self._sent_back),
        ]
