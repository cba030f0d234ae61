"""The archive: a run's whole record, kept for when Temporal has forgotten it."""

from baton.archive import Archive
from baton.contracts.record import Archived, ArchiveRecord

from .capability import capability


class Archivist:
    """Keeps records."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @capability(agent="archive", effect="idempotent_write", attempt_s=30, no_undo="a record stays", optional=True)
    async def archive_record(self, given: ArchiveRecord) -> Archived:
        """Keep the full record; the same record twice is kept once, and a large one part by part."""
        if given.parts > 1:
            return self._archive.keep_part(given.record, given.part, given.parts)
        return self._archive.keep(given.record)
