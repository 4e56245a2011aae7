"""Making a house, and adding vouched records to one that is there.

Genesis and the first records are the first leaves of the log, in one transaction; the operator only carries them, for
each is signed by those who may (ledger-and-keys.md "Who vouches for what"), and none that is not gets in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from broker.database import Database
from broker.ledger import LedgerError, log_keys
from broker.ledger import store as ledger
from broker.ledger.append import entry_of_record, whole_second
from broker.ledger.queries import read_first_record, read_records
from broker.ledger.sequencer import Sequencer
from broker.parties import store
from keys.identity import Directory, parse_record
from keys.merkle import EMPTY_ROOT
from schemas.ids import HouseId
from schemas.records import Exit, Genesis, KeyRevocation, SignedRecord


async def create_house(
    database: Database, keys: Path, genesis: SignedRecord, records: Sequence[SignedRecord], now: datetime
) -> HouseId:
    """Write genesis and first records, and run the first round.

    Raises :class:`keys.KeyRecordError` for a record that does not hold, :class:`LedgerError` where the keys that
    genesis names are not in the folder ``keys``, :class:`broker.database.ConflictError` where the house exists.
    """
    time = whole_second(now)
    first = [genesis, *records]
    directory = Directory.of((signed, time) for signed in first)
    signing = log_keys.of_genesis(keys, directory.genesis)
    house = directory.house
    async with database.transaction() as connection:
        head = ledger.Head(directory.genesis.origin, 0, EMPTY_ROOT)
        await ledger.insert_log(connection, str(house), head, time)
        rows = [entry_of_record(house, signed, number, time) for number, signed in enumerate(first)]
        numbers = await ledger.reserve(connection, len(rows))
        await ledger.insert_entries(connection, list(zip(numbers, rows, strict=True)))
        await ledger.insert_records(
            connection, str(house), [(seq, one, narrows(one)) for seq, one in zip(numbers, first, strict=True)]
        )
    await Sequencer(database, house, signing.log).advance()
    return house


async def add_records(
    database: Database, keys: Path, house: HouseId, records: Sequence[SignedRecord], now: datetime
) -> None:
    """Write further records of a house, all or none, and run a round. Raises as :func:`create_house`.

    The house's row is held alone: no message is decided while who belongs to it changes.
    """
    time = whole_second(now)
    async with database.transaction() as connection:
        if not await store.lock(connection, str(house)):
            raise LedgerError("there is no such house here; make it with `house create`")
        known = await read_records(connection, str(house))
        directory = Directory.of(
            [(SignedRecord(first=row["first"], second=row["second"]), row["time"]) for row in known]
        )
        for signed in records:
            directory = directory.add(signed, time)
        rows = [entry_of_record(house, one, len(known) + number, time) for number, one in enumerate(records)]
        numbers = await ledger.reserve(connection, len(rows))
        await ledger.insert_entries(connection, list(zip(numbers, rows, strict=True)))
        written = [(seq, one, narrows(one)) for seq, one in zip(numbers, records, strict=True)]
        await ledger.insert_records(connection, str(house), written)
        if any(narrow for _, _, narrow in written):
            await ledger.bump_directory(connection, str(house))
    await Sequencer(database, house, log_keys.of_genesis(keys, directory.genesis).log).advance()


async def read_genesis(database: Database) -> list[Genesis]:
    """The genesis of every house of this database, also of one whose first round has not run yet."""
    found = []
    async with database.connection() as connection:
        for house in await store.read_houses(connection):
            first = await read_first_record(connection, house)
            record = parse_record(SignedRecord(first=first["first"], second=first["second"])).record
            if not isinstance(record, Genesis):
                raise LedgerError("the first record of a house is not its genesis; restore the database")
            found.append(record)
    return found


def narrows(signed: SignedRecord) -> bool:
    """Whether a record takes something away, and so counts at once."""
    return isinstance(parse_record(signed).record, Exit | KeyRevocation)
