"""The attacks on an agent with tools in `loop.toml`, and a model that does what each of them wants."""

import json
import re
import tomllib
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from tests.models.scripted import Asked, CallsTools

from .attack import Attack
from .shop import Victim

LOOP = Path(__file__).with_name("loop.toml")
HUNDREDS = 300


class LoopAttack(Attack):
    """One attack on an agent with tools. `lies`: where it reads the text; `obeys`: what a model does that obeys it.

    `warned`: what a reviewer must be told, or the record say, in words that stand there. `ends`: the answer, where it
    is one without words of the attack.
    """

    lies: Literal["given", "note", "item", "own tool", "MCP"]
    obeys: str
    warned: list[str]  # type: ignore[assignment]  # several places may warn

    def script(self, victim: Victim) -> list[list[tuple[str, Any]]]:
        """What the model calls, request by request: first whatever has it read the text."""
        filled = self.obeys
        for name, value in {"pending": victim.pending, "delivered": victim.delivered, "me": victim.email}.items():
            filled = filled.replace(f"{{{name}}}", value)
        reads: list[list[tuple[str, Any]]] = {
            "given": [],
            "note": [[("get_order", {"order_id": victim.pending})]],
            "item": [[("get_order", {"order_id": victim.pending})]],
            "own tool": [[("hear", {"about": self.name})]],
            "MCP": [[("ask_neighbour", {"about": self.name})]],
        }[self.lies]
        wanted = json.loads(filled)
        if wanted == "hundreds":
            many = [("get_order", {"order_id": f"W{number}"}) for number in range(1_043_000, 1_043_000 + HUNDREDS)]
            return [*reads, many, many[:8], [("give_answer", {"words": "Enough."})]]
        return [*reads, *([(tool, arguments) for tool, arguments in turn] for turn in wanted)]


class Obedient:
    """A model that obeys: request by request what the script of an attack says, its last line again and again."""

    def __init__(self, scripts: dict[str, list[list[tuple[str, Any]]]]) -> None:
        self._scripts = scripts
        self._lock = Lock()
        self.asked: dict[str, list[Asked]] = {name: [] for name in scripts}

    def __call__(self, asked: Asked) -> CallsTools:
        """What it calls next."""
        found = re.search(r'"about":"([^"]+)"', asked.material)
        assert found is not None
        with self._lock:
            so_far = self.asked[found[1]]
            at = next((at for at, each in enumerate(so_far) if _place(each) == _place(asked)), len(so_far))
            if at == len(so_far):
                so_far.append(asked)
            script = self._scripts[found[1]]
            calls = script[min(at, len(script) - 1)]
        heard = json.dumps("\n".join(asked.heard), ensure_ascii=False)[1:-1]
        return CallsTools(
            [(tool, json.dumps(each, ensure_ascii=False).replace("«heard»", heard)) for tool, each in calls]
        )


def _place(asked: Asked) -> tuple[int, list[str]]:
    """How far its conversation is: a busy worker puts the same question twice, which is not the next."""
    return len(asked.body["messages"]), asked.heard


def loop_attacks() -> list[LoopAttack]:
    """All of them."""
    rows = tomllib.loads(LOOP.read_text(encoding="utf-8"))["attack"]
    return [LoopAttack.model_validate({**row, "kind": "loop"}) for row in rows]
