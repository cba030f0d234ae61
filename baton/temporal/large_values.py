"""Values that are too large for Temporal, in files of the state directory: one directory a workflow, named by digest.

In the history stands a reference: the file's name. The name is the content's digest, so a value that is written twice
is one file, and what is read is known to be what was written.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ExternalStorage,
    StorageDriver,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverSelectContext,
    StorageDriverStoreContext,
)

from baton.contracts.sizes import MOST_INLINE
from baton.files import write_whole

DRIVER = "state-directory"
"""Stands in every reference, and so in histories: never to be changed."""

DIRECTORY = "values"
"""Where they lie in the state directory."""

_FILE = re.compile(r"(?!\.)[\w.%~-]{1,200}/[0-9a-f]{64}")
_LONGEST_NAME = 200
_HASHED = "sha256-"


class LargeValueFault(Exception):
    """A large value could not be written or read; its text is one line that says what to do.

    No ApplicationError: in a workflow's task it fails the task, which is tried again, and never the run.
    """


class LargeValues(StorageDriver):
    """Keeps large values in `values/` of the state directory. With `keeps` false it reads only."""

    def __init__(self, state_dir: Path, *, keeps: bool) -> None:
        self.directory = state_dir / DIRECTORY
        self.keeps = keeps

    def name(self) -> str:
        """What references name it by."""
        return DRIVER

    def for_payload(self, context: StorageDriverSelectContext, payload: Payload) -> StorageDriver | None:
        """This driver, where values are kept; None leaves a payload where it is."""
        return self if self.keeps else None

    async def store(self, context: StorageDriverStoreContext, payloads: Sequence[Payload]) -> list[StorageDriverClaim]:
        """Write the payloads, each whole. Raises LargeValueFault."""
        place = directory_of(context.target.id if context.target else None)
        return await asyncio.to_thread(lambda: [self._write(place, payload) for payload in payloads])

    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        """Read payloads, each checked by its digest. Raises LargeValueFault."""
        return await asyncio.to_thread(lambda: [self._read(claim) for claim in claims])

    def _write(self, place: str, payload: Payload) -> StorageDriverClaim:
        content = payload.SerializeToString(deterministic=True)
        name = f"{place}/{hashlib.sha256(content).hexdigest()}"
        path = self.directory / name
        try:
            # A file of that name that holds something else was damaged: it is written anew.
            if not (path.is_file() and path.read_bytes() == content):
                write_whole(path, content)
        except OSError as problem:
            raise LargeValueFault(
                f"a value of {len(content):,} bytes cannot be written to {self.directory}: {problem.strerror}"
            ) from None
        return StorageDriverClaim({"file": name})

    def _read(self, claim: StorageDriverClaim) -> Payload:
        name = claim.claim_data.get("file", "")
        if not _FILE.fullmatch(name):  # a reference comes from the server: it must not lead out of the directory
            raise LargeValueFault(f"a reference names no value of ours: {name[:300]!r}")
        path = self.directory / name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise LargeValueFault(
                f"{path} is not there. Restore it from a backup; all programs of one server need the same STATE_DIR"
            ) from None
        except OSError as problem:
            raise LargeValueFault(f"{path} cannot be read: {problem.strerror}") from None
        if hashlib.sha256(content).hexdigest() != path.name:
            raise LargeValueFault(f"{path} is damaged: it is not what was written. Restore it from a backup")
        return Payload.FromString(content)


def directory_of(workflow_id: str | None) -> str:
    """The name of a workflow's directory: its id, so that an operator can find an enquiry's values."""
    name = quote(workflow_id or "none", safe="")
    if len(name) > _LONGEST_NAME or name.startswith("."):
        return f"{_HASHED}{hashlib.sha256(name.encode()).hexdigest()}"
    return name


def workflow_of(directory: str) -> str | None:
    """Whose directory it is; None where its name does not tell."""
    return None if directory.startswith(_HASHED) else unquote(directory)


def storage_of(values: LargeValues) -> ExternalStorage:
    """What a data converter needs to use them."""
    return ExternalStorage(drivers=[values], driver_selector=values.for_payload, payload_size_threshold=MOST_INLINE + 1)


def kept_here() -> bool:
    """In an activity: whether its worker keeps large values, so that more than Temporal takes may be answered."""
    try:
        storage = activity.client().data_converter.external_storage
    except RuntimeError:  # outside a worker
        return False
    return storage is not None and any(isinstance(each, LargeValues) and each.keeps for each in storage.drivers)
