"""An agent of one's own for the tests: what it answers is more than Temporal keeps in a history."""

from pydantic import BaseModel

from baton.agents import agent


class OldFile(BaseModel):
    """A file, whole."""

    text: str


class FileName(BaseModel):
    """Which file."""

    file: str


@agent(effect="read")
async def read_old_file(given: FileName) -> OldFile:
    """Read a file of the old archive."""
    return OldFile(text=f"{given.file} " * 150_000)
