"""Houses and their vouched records: made once, added to by who may, counted when they are proven."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from broker.database import ConflictError, Database
from broker.ledger import LedgerError, log_keys
from broker.ledger.sequencer import Sequencer
from broker.migrations import upgrade
from broker.parties.directories import Directories
from broker.parties.houses import add_records, create_house
from broker.problem import ProblemError
from keys import KeyRecordError, jws, proof, tiles
from keys.checkpoint import verify
from keys.identity import record_bytes
from keys.merkle import record_leaf
from schemas.ids import HouseId
from schemas.records import SignedRecord
from tests.broker.scene import ADDRESSES, Clock, Scene, accession, genesis_of, leaving, party_key
from tests.making import COLLEGE, HOUSE_ID, MELDER, NOW


async def test_genesis_and_first_records_are_the_first_leaves(scene: Scene) -> None:
    reading = scene.broker.reading
    records = await reading.records(HOUSE_ID)
    assert [record.index for record in records] == list(range(1 + 2 * len(ADDRESSES)))
    leaves = tiles.decode_bundle(await reading.bundle(HOUSE_ID, 0, len(records)))
    signed = [SignedRecord(first=record.first, second=record.second) for record in records]
    assert list(leaves) == [record_leaf(record_bytes(one)) for one in signed]
    assert scene.genesis is not None
    key = jws.VerifyKey.from_public(scene.genesis.log_key)
    note = await reading.checkpoint(HOUSE_ID)
    head = verify(note, key, scene.genesis.origin)
    held = {(0, 0): await reading.tile(HOUSE_ID, 0, 0, head.size)}
    for index, leaf in enumerate(leaves):
        text = proof.build(index, tiles.inclusion_proof(index, head.size, held), note)
        assert proof.verify(text, leaf, key, scene.genesis.origin) == head


async def test_a_house_is_made_once(scene: Scene) -> None:
    again = genesis_of(scene.folder)
    with pytest.raises(ConflictError):
        await create_house(scene.broker.database, scene.folder, again, [], NOW)


async def test_a_record_that_is_not_vouched_for_makes_no_house(dsn: str, tmp_path: Path) -> None:
    database = Database(dsn, 2)
    records = [accession(MELDER), party_key(COLLEGE)]
    with pytest.raises(KeyRecordError):
        await create_house(database, tmp_path, genesis_of(tmp_path), records, NOW)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM house") == 0
    await database.close()


async def test_keys_that_are_not_here_make_no_house(dsn: str, tmp_path: Path) -> None:
    database = Database(dsn, 2)
    genesis = genesis_of(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="make keys before genesis names them"):
        await create_house(database, tmp_path, genesis, [], NOW)
    await database.close()


async def test_a_house_that_is_not_here(scene: Scene) -> None:
    for ask in (scene.broker.directories.get, scene.broker.reading.checkpoint):
        with pytest.raises(ProblemError) as caught:
            await ask(HouseId("elders"))
        assert caught.value.code == "huis_onbekend"
    with pytest.raises(LedgerError, match="no such house"):
        await add_records(scene.broker.database, scene.folder, HouseId("elders"), [], NOW)


async def test_what_widens_counts_when_proven_and_what_narrows_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No round runs: the new key does not count, the exit does."""
    advance = Sequencer.advance

    async def rest(_: Sequencer) -> None:
        """No round."""

    monkeypatch.setattr(Sequencer, "advance", rest)
    records = [party_key(COLLEGE, " nieuw"), leaving(MELDER.oin, NOW)]
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, records, NOW)
    view = await scene.broker.directories.refresh(HOUSE_ID)
    assert len(view.directory.signing_keys(COLLEGE, NOW)) == 1
    assert view.directory.left(MELDER.oin) == NOW
    assert view.members.parties[MELDER].left == NOW
    monkeypatch.setattr(Sequencer, "advance", advance)
    await scene.settled()
    view = await scene.broker.directories.refresh(HOUSE_ID)
    assert len(view.directory.signing_keys(COLLEGE, NOW)) == 2


async def test_a_house_whose_first_round_did_not_run_is_here_after_the_next_start(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rest(_: Sequencer) -> None:
        """No round."""

    monkeypatch.setattr(Sequencer, "advance", rest)
    database = Database(dsn, 2)
    await create_house(database, tmp_path, genesis_of(tmp_path), [], NOW)
    with pytest.raises(ProblemError) as caught:
        await Directories(database).get(HOUSE_ID)
    assert caught.value.code == "huis_onbekend"
    await database.close()
    monkeypatch.undo()
    broker = Scene.new_broker(dsn, tmp_path, Clock())
    await broker.start()
    assert (await broker.directories.get(HOUSE_ID)).directory.house == HOUSE_ID
    await broker.stop()


async def test_all_records_or_none(scene: Scene) -> None:
    before = await scene.count("entry")
    with pytest.raises(KeyRecordError):
        await add_records(
            scene.broker.database, scene.folder, HOUSE_ID, [party_key(COLLEGE, " nieuw"), party_key(COLLEGE)], NOW
        )
    assert await scene.count("entry") == before


async def test_a_directory_is_kept_until_a_record_counts(scene: Scene) -> None:
    directories = Directories(scene.broker.database)
    first = await directories.get(HOUSE_ID)
    assert await directories.get(HOUSE_ID) is first
    assert await directories.refresh(HOUSE_ID) is first
    await add_records(scene.broker.database, scene.folder, HOUSE_ID, [party_key(COLLEGE, " nieuw")], NOW)
    assert await directories.get(HOUSE_ID) is first
    assert await directories.refresh(HOUSE_ID) is not first


async def test_a_decision_waits_for_records_that_are_being_written(scene: Scene) -> None:
    """The house's row is held alone while its records change; who decides waits, and then sees them."""
    async with scene.broker.database.transaction() as connection:
        await connection.execute("SELECT 1 FROM house FOR UPDATE")
        sending = asyncio.create_task(scene.send(scene.start()))
        await asyncio.sleep(0.2)
        assert not sending.done()
    assert (await sending).answer.outcome == "allowed"


async def test_migrating_twice_changes_nothing(scene: Scene) -> None:
    await upgrade(scene.dsn)
    assert await scene.count("house") == 1


def test_a_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    made = log_keys.make(tmp_path / "keys")
    assert log_keys.read(tmp_path / "keys", made.kid) == made
    path = tmp_path / "keys" / f"{made.kid}.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(LedgerError, match="0600"):
        log_keys.read(tmp_path / "keys", made.kid)


def test_a_key_file_that_holds_something_else(tmp_path: Path) -> None:
    one, other = (log_keys.make(tmp_path) for _ in range(2))
    (tmp_path / f"{one.kid}.key").write_text((tmp_path / f"{other.kid}.key").read_text())
    with pytest.raises(LedgerError, match="another key"):
        log_keys.read(tmp_path, one.kid)
    (tmp_path / f"{one.kid}.key").write_text("geen sleutel")
    with pytest.raises(LedgerError, match="holds no key"):
        log_keys.read(tmp_path, one.kid)


async def test_a_broker_without_its_keys_does_not_start(scene: Scene, tmp_path: Path) -> None:
    other = scene.new_broker(scene.dsn, tmp_path / "leeg", scene.clock)
    with pytest.raises(LedgerError, match="cannot be read"):
        await other.start()
    await other.stop()


async def test_ready_while_it_runs(scene: Scene) -> None:
    assert await scene.broker.ready()
    assert scene.broker.houses == (HOUSE_ID,)
    await scene.broker.stop()
    assert not await scene.broker.ready()


async def test_not_ready_without_its_database(tmp_path: Path) -> None:
    broker = Scene.new_broker("postgresql+asyncpg://nobody@127.0.0.1:1/none", tmp_path, Clock())
    assert not await broker.ready()
