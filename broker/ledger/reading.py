"""What may be read of a log: checkpoint, tiles and bundles by every party, bodies and manifests by who takes part.

Formats: C2SP tlog-checkpoint and tlog-tiles. Only what stands under a signed checkpoint is served.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from broker.database import Connection, Database
from broker.ledger import queries
from broker.ledger.store import read_tiles
from broker.problem import ProblemError
from keys import tiles
from keys.merkle import HASH_LENGTH
from schemas.ids import HouseId, Instant, Oin
from schemas.records import Frozen, SignedRecord


class EntryView(Frozen):
    """One entry: its place, its canonical body, and the manifest where there is one to show."""

    index: Annotated[int, Field(ge=0, description="Plaats in het logboek.")]
    body: Annotated[str, Field(description="Canonieke tekst van de vermelding.")]
    manifest: Annotated[str | None, Field(description="Manifest (JWS), niet van een weigering.")] = None


class RecordView(SignedRecord):
    """A vouched record, where it stands and since when."""

    index: Annotated[int | None, Field(description="Plaats in het logboek; nog geen plaats: null.")] = None
    time: Annotated[Instant, Field(description="Tijd van de vermelding.")]


class Reading:
    """Reads, and writes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def checkpoint(self, house: HouseId) -> str:
        """The newest signed note. Raises :class:`ProblemError` (``huis_onbekend``) where there is no log."""
        async with self._database.connection() as connection:
            return (await self._note(connection, house))[1]

    async def _note(self, connection: Connection, house: HouseId) -> tuple[int, str]:
        note = await queries.read_note(connection, str(house))
        if note is None:
            raise ProblemError("huis_onbekend")
        return note

    async def tile(self, house: HouseId, level: int, index: int, width: int) -> bytes:
        """``width`` hashes of a tile. Raises :class:`ProblemError` (``niet_gevonden``) for what is not signed yet."""
        async with self._database.connection() as connection:
            size, _ = await self._note(connection, house)
            # At level L a hash stands for 256^L leaves, all of which must be under the checkpoint.
            if not 1 <= width <= tiles.WIDTH or (index * tiles.WIDTH + width) << (tiles.HEIGHT * level) > size:
                raise ProblemError("niet_gevonden")
            found = await read_tiles(connection, str(house), [(level, index)])
        return found[level, index][: width * HASH_LENGTH]

    async def bundle(self, house: HouseId, index: int, width: int) -> bytes:
        """``width`` leaves of an entry bundle. Raises :class:`ProblemError` (``niet_gevonden``)."""
        async with self._database.connection() as connection:
            size, _ = await self._note(connection, house)
            if not 1 <= width <= tiles.WIDTH or index * tiles.WIDTH + width > size:
                raise ProblemError("niet_gevonden")
            leaves = await queries.read_leaves(connection, str(house), index * tiles.WIDTH, width)
        return tiles.encode_bundle(leaves)

    async def entries(
        self, house: HouseId, oin: Oin, after: int, limit: int, indices: Sequence[int] | None = None
    ) -> list[EntryView]:
        """Entries in which the party takes part, with an index above ``after``; ``indices`` narrows."""
        async with self._database.connection() as connection:
            size, _ = await self._note(connection, house)
            rows = await queries.read_entries(connection, str(house), str(oin), size, after, limit, indices)
        return [EntryView(index=row["idx"], body=row["body"].decode("utf-8"), manifest=row["manifest"]) for row in rows]

    async def records(self, house: HouseId) -> list[RecordView]:
        """Every vouched record of the house that is under the checkpoint, or narrows and counts already."""
        async with self._database.connection() as connection:
            rows = await queries.read_records(connection, str(house))
        return [
            RecordView(first=row["first"], second=row["second"], index=row["idx"], time=row["time"])
            for row in rows
            if row["proven"] or row["narrows"]
        ]
