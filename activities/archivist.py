"""The archive: a run's whole record, kept for when Temporal has forgotten it."""

from baton.archive import Archive
from baton.contracts.record import Archived, ArchiveRecord

from .capability import capability


class Archivist:
    """Keeps records."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @capability(agent="archive", effect="idempotent_write", attempt_s=30, optional=True)
    async def archive_record(self, given: ArchiveRecord) -> Archived:
        """Keep the full record; the same record twice is kept once."""
        return self._archive.keep(given.record)
