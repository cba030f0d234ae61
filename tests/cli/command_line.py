"""The command line in this process: what it prints, where, and with which exit code."""

import asyncio
from dataclasses import dataclass

from typer.testing import CliRunner

from starter import app


@dataclass(frozen=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr of a command that failed."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err + self.out
        return lines[0]


async def run(*words: str, typed: str | bytes | None = None) -> Said:
    """Run one command as a shell would, on a thread: it brings its own event loop."""
    result = await asyncio.to_thread(CliRunner().invoke, app, list(words), input=typed)
    return Said(result.exit_code, result.stdout, result.stderr)
