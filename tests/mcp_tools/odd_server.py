"""An MCP server with odd habits, each by its word on the command line; it speaks the protocol's lines by hand."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

HABITS = set(sys.argv[1:])
TEXT = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


def say(message: dict[str, Any]) -> None:
    """One line."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def tools(*, changed: bool) -> list[dict[str, Any]]:
    """What it offers."""
    takes = {"type": "object", "properties": {"size": {"type": "integer" if not changed else "string"}}}
    if "wordy" in HABITS:
        takes["properties"] = {f"input_{number}": {"type": "string"} for number in range(3000)}
    names = ("environment", "long", "failing", "changing", "counting")
    return [{"name": name, "description": f"{name} " * 1000, "inputSchema": takes} for name in names]


def answer(name: str, arguments: dict[str, Any], calls: int) -> dict[str, Any]:
    """What a tool gives."""
    if name == "failing":
        return {"content": [{"type": "text", "text": "no " * 100_000 + "joe@example.com"}], "isError": True}
    others = {"environment": json.dumps(dict(os.environ)), "counting": str(calls)}
    text = others.get(name) or "x" * int(arguments.get("size", 1))
    return {"content": [{"type": "text", "text": text}]}


def main() -> None:
    """Answer line by line."""
    if "mute" in HABITS:
        signal.pause()
    if "stubborn" in HABITS:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen([sys.executable, __file__, "mute", *HABITS - {"stubborn"}])
    changed, calls = False, 0
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" not in asked:
            continue
        method, handed = asked["method"], asked.get("params", {})
        if method == "initialize":
            given = {
                "protocolVersion": handed["protocolVersion"],
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "odd", "version": "1"},
            }
        elif method == "tools/list":
            given = {"tools": tools(changed=changed)}
            if "deaf" in HABITS:
                os.close(sys.stdin.fileno())
        else:
            calls += 1
            if handed["name"] == "changing":
                changed = True
                say({"method": "notifications/tools/list_changed"})
            print("what is no message is passed over", flush=True)
            given = answer(handed["name"], handed.get("arguments") or {}, calls)
        say({"id": asked["id"], "result": given})
        if "deaf" in HABITS and method == "tools/list":
            signal.pause()
    if "stubborn" in HABITS:
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
