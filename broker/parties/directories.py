"""The vouched records of each house as a directory, kept until one more of them counts.

What widens (genesis, accession, key, pack, decree) counts from the moment its ``0x02`` leaf is under a signed
checkpoint; what narrows (exit, revocation) counts from its commit. Whether a record is vouched for is decided by
:mod:`keys.identity`; here only which of them are read.
"""

from __future__ import annotations

from dataclasses import dataclass

from broker.database import Connection, Database
from broker.ledger.queries import read_records
from broker.parties import store
from broker.problem import ProblemError
from keys.identity import Directory, parse_record
from schemas.ids import HouseId
from schemas.members import Members
from schemas.records import SignedRecord


@dataclass(frozen=True, slots=True)
class HouseView:
    """A house as its records say it; ``version`` tells whether that is still so."""

    version: int
    directory: Directory
    members: Members


class Directories:
    """One view per house, shared by intake, committer and reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._views: dict[HouseId, HouseView] = {}

    async def get(self, house: HouseId) -> HouseView:
        """The view that is kept, or a fresh one. Raises :class:`ProblemError` (``huis_onbekend``)."""
        kept = self._views.get(house)
        return kept if kept is not None else await self.refresh(house)

    async def refresh(self, house: HouseId) -> HouseView:
        """As :meth:`get`, after a look whether the records changed."""
        async with self._database.connection() as connection:
            version = await store.read_version(connection, str(house))
            if version is None:
                raise ProblemError("huis_onbekend")
            return await self.at_version(connection, house, version)

    async def members(self, house: HouseId) -> Members:
        """Who belongs to the house now."""
        return (await self.refresh(house)).members

    async def at_version(self, connection: Connection, house: HouseId, version: int) -> HouseView:
        """The view of ``version``, as read under a lock on the house."""
        kept = self._views.get(house)
        if kept is not None and kept.version == version:
            return kept
        rows = await read_records(connection, str(house))
        records = [
            (SignedRecord(first=row["first"], second=row["second"]), row["time"])
            for row in rows
            if row["proven"] or row["narrows"]
        ]
        if not records:
            raise ProblemError("huis_onbekend")
        view = HouseView(
            version=version,
            directory=Directory.of(records),
            members=Members.of(parse_record(signed).record for signed, _ in records),
        )
        self._views[house] = view
        return view
