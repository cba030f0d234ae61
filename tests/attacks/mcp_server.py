"""An MCP server with one tool that answers with the words of an attack; it speaks the protocol's lines by hand."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FILES = (HERE / "kinds" / "tools.toml", HERE / "loop.toml")
TAKES = {"type": "object", "properties": {"about": {"type": "string"}}, "required": ["about"]}


def answer(method: str, handed: dict[str, Any]) -> dict[str, Any]:
    """What is answered to one request."""
    if method == "initialize":
        about = {"name": "neighbour", "version": "1"}
        return {"protocolVersion": handed["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": about}
    if method == "tools/list":
        return {"tools": [{"name": "ask_neighbour", "description": "Ask the neighbour.", "inputSchema": TAKES}]}
    rows = [row for file in FILES for row in tomllib.loads(file.read_text(encoding="utf-8"))["attack"]]
    text = next(row["text"] for row in rows if row["name"] == handed["arguments"]["about"])
    return {"content": [{"type": "text", "text": text}]}


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "id" in asked:
            told = {"jsonrpc": "2.0", "id": asked["id"], "result": answer(asked["method"], asked.get("params", {}))}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
