"""The source ``table``: an export that the party puts in a folder, text or Excel, described by settings alone.

Decides when to read: at the first search and again when the file has changed, always in a thread. A file that cannot
be read any more is an error and never an older version of itself. Matching is for :mod:`connectors.sources.matching`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.sources import Candidate, Found, SearchKey, StaleRecordError, UnreadableError
from connectors.sources.layout import fixed_or_read
from connectors.sources.records import Records, read_records
from connectors.sources.settings import SECRET_MARK, TableSettings

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class TableState:
    """For `doctor`: how many persons the file holds, how many are accepted, and birth dates taken as unknown."""

    persons: int
    accepted: int
    unreadable_dates: int
    as_of: date


class Table:
    """A :class:`connectors.sources.Source` over one file. ``folder``: what ``settings.file`` is relative to."""

    def __init__(self, settings: TableSettings, folder: Path) -> None:
        self._settings = settings
        self._path = folder / settings.file
        self._reading = asyncio.Lock()
        self._held: tuple[Stamp, Records] | None = None
        self._fields = {settings.category_of(field): field for field in settings.columns if field != "roepnaam"}

    @property
    def name(self) -> str:
        """As the settings call it."""
        return self._settings.name

    async def find(self, key: SearchKey) -> Sequence[Candidate]:
        """Records with such a surname and an agreeing or unknown year of birth; raises :class:`SourceError`."""
        return (await self._current()).find(key)

    async def fetch(self, candidate: Candidate, fields: Mapping[str, Sequence[str]]) -> Sequence[Found]:
        """In the order asked. Of a secret address only ``geheim`` is given. Raises :class:`StaleRecordError` where the
        record is gone or no longer the one that was found, other :class:`SourceError` where the file cannot be read.
        """
        if candidate.source != self.name:
            raise ValueError("this candidate was found in another source")
        records = await self._current()
        record = records.by_number.get(candidate.record)
        if record is None or record.candidate != candidate:
            raise StaleRecordError(f"{self._path.name} changed since the search; search again")
        found = []
        for category, name in ((category, name) for category, names in fields.items() for name in names):
            field = self._fields.get((category, name))
            if (category, name) == SECRET_MARK and self._settings.secret is not None:
                found.append(Found(category, name, candidate.secret, self.name, records.as_of))
            elif field is not None and not (candidate.secret and category == SECRET_MARK[0]):
                column = self._settings.columns[field]
                value = fixed_or_read(field, column, record.cells.get(field, ""), self._settings.dates)
                if value is not None:
                    found.append(Found(category, name, value, self.name, records.as_of))
        return tuple(found)

    async def state(self) -> TableState:
        """Read the file if need be and count; raises :class:`SourceError`."""
        records = await self._current()
        return TableState(records.rows, len(records.by_number), records.unreadable_dates, records.as_of)

    async def _current(self) -> Records:
        async with self._reading:
            return await asyncio.to_thread(self._read)

    def _read(self) -> Records:
        """In a thread; the stamp is of the very file that was read, not of one that replaced it meanwhile."""
        held, self._held = self._held, None
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                if held is None or held[0] != stamp:
                    content = file.read(self._settings.max_bytes + 1)
                    if len(content) > self._settings.max_bytes:
                        raise UnreadableError(f"{self._path.name}: too large; raise `max_bytes` or split the file")
                    as_of = datetime.fromtimestamp(status.st_mtime, UTC).date()
                    held = stamp, read_records(content, self._settings, self._path, as_of)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UnreadableError(
                f"{self._path.name} cannot be opened ({reason}); check `file` and its permissions"
            ) from None
        self._held = held
        return held[1]
