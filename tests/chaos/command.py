"""The chaos command as a process: what it printed, and what it counted."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Counted:
    """One trial that ended."""

    code: int
    last_line: str
    said: dict[str, Any]

    def figures(self, *names: str) -> list[int]:
        """The counts of these names."""
        return [self.said[name] for name in names]

    @property
    def explained(self) -> str:
        """What was found, for whoever reads a failed test."""
        return "\n".join(f"{name}: {found}" for name, found in self.said.items())


async def started(*arguments: str) -> Process:
    """The command, still running."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.chaos", *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


async def chaos(state: Path, *arguments: str) -> Counted:
    """The command, to its end."""
    result = state / "result.json"
    command = await started("--state", str(state), "--json", str(result), *arguments)
    out, _ = await command.communicate()
    assert command.returncode is not None
    return Counted(command.returncode, out.decode().splitlines()[-1], json.loads(result.read_text()))
