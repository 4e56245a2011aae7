"""Rounds of the log: what is committed gets its place, and who recovers signs the same bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from broker.database import UnavailableError
from broker.exchanges import deadlines, delivery, queries
from broker.exchanges.delivery import Page
from broker.ledger import LedgerError, sequencer, store
from broker.ledger.queries import read_note
from broker.ledger.sequencer import Sequencer
from keys import checkpoint
from keys.checkpoint import Checkpoint
from schemas.ids import CaseRef, HouseId
from tests import making
from tests.broker.scene import Scene, body_of
from tests.making import HOUSE, HOUSE_ID

RUN = Sequencer.run
"""As it is, also in a quiet scene."""


def another(scene: Scene) -> Sequencer:
    """A sequencer of the same log, as another process has it."""
    return Sequencer(scene.broker.database, HOUSE_ID, scene.broker.sequencers[HOUSE_ID]._key)


async def peek(scene: Scene) -> Page:
    """The house's inbox as it is."""
    return await scene.inbox(HOUSE, wait=0)


@contextmanager
def failing_once(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> Iterator[asyncio.Event]:
    """The next call fails with what nobody foresaw; the event says that it did."""
    failed, real = asyncio.Event(), getattr(where, name)

    async def fail(*arguments: Any) -> Any:
        if failed.is_set():
            return await real(*arguments)
        failed.set()
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(where, name, fail)
    yield failed


async def test_no_error_ends_the_rounds(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "IDLE_SECONDS", 0.05)
    with failing_once(monkeypatch, store, "read_head") as failed:
        await scene.allowed(scene.start())
        await asyncio.wait_for(failed.wait(), 5)
        page = await scene.inbox(HOUSE)
    assert len(page.deliveries) == 1
    assert await scene.broker.ready()


async def test_no_error_ends_the_listening(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RECONNECT_SECONDS", 0.05)
    with failing_once(monkeypatch, queries, "read_last") as failed:
        waits = asyncio.create_task(scene.inbox(HOUSE))
        await asyncio.sleep(0.2)
        await scene.allowed(scene.start())
        await asyncio.wait_for(failed.wait(), 5)
        assert len((await waits).deliveries) == 1
    assert await scene.broker.ready()


async def test_no_error_ends_the_sweeps(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    with failing_once(monkeypatch, deadlines, "sweep") as failed:
        task = asyncio.create_task(deadlines.run(scene.broker.database, {}, scene.clock, 0.05))
        await asyncio.wait_for(failed.wait(), 5)
        await asyncio.sleep(0.2)
        assert not task.done()
        task.cancel()
        await asyncio.wait([task])


async def test_a_database_that_may_only_be_read_for_a_while(
    quiet_scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A standby that was asked too soon: what was committed waits for its round, and gets it."""
    scene = quiet_scene
    monkeypatch.setattr(sequencer, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(delivery, "RECONNECT_SECONDS", 0.05)
    await scene.allowed(scene.start())
    await only_read(scene, True)
    with pytest.raises(UnavailableError):
        async with scene.broker.database.transaction() as connection:
            await connection.execute("DELETE FROM refusals")
    rounds = asyncio.create_task(RUN(another(scene)))
    await asyncio.sleep(0.5)
    assert not rounds.done()
    await only_read(scene, False)
    assert len((await scene.inbox(HOUSE)).deliveries) == 1
    rounds.cancel()
    await asyncio.wait([rounds])


async def only_read(scene: Scene, only: bool) -> None:
    """Whether connections to this database may only read; those that there are end, as when a server is replaced."""
    connection = await asyncpg.connect(scene.dsn.replace("+asyncpg", "", 1))
    try:
        await connection.execute("SET default_transaction_read_only = off")
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if only else 'off'}")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
            name,
        )
    finally:
        await connection.close()


async def test_nothing_that_widens_is_delivered_before_its_checkpoint_is_signed(quiet_scene: Scene) -> None:
    await quiet_scene.allowed(quiet_scene.start())
    assert (await peek(quiet_scene)).deliveries == ()
    dying = another(quiet_scene)
    async with quiet_scene.broker.database.connection() as connection:
        assert await dying.grow(connection)
    assert (await peek(quiet_scene)).deliveries == ()
    await another(quiet_scene).advance()
    assert len((await peek(quiet_scene)).deliveries) == 1


async def test_recovery_after_the_commit_of_a_round_signs_the_same_bytes(quiet_scene: Scene) -> None:
    await quiet_scene.allowed(quiet_scene.start())
    dying = another(quiet_scene)
    async with quiet_scene.broker.database.connection() as connection:
        await dying.grow(connection)
        head = await store.read_head(connection, str(HOUSE_ID))
    assert head is not None
    would_have = checkpoint.sign(Checkpoint(head.origin, head.size, head.root), dying._key)
    # Meanwhile more is committed: the round that was not signed is signed as it was, before the next one.
    await quiet_scene.allowed(quiet_scene.informed())
    await another(quiet_scene).advance()
    async with quiet_scene.broker.database.connection() as connection:
        rows = await connection.fetch("SELECT size, note FROM checkpoint ORDER BY size DESC")
    assert [row["size"] for row in rows] == [head.size + 1, head.size, head.size - 1]
    assert rows[1]["note"] == would_have


async def test_recovery_after_signing_changes_nothing(quiet_scene: Scene) -> None:
    await quiet_scene.allowed(quiet_scene.start())
    await another(quiet_scene).advance()
    before = await peek(quiet_scene)
    await another(quiet_scene).advance()
    assert await peek(quiet_scene) == before


async def test_a_round_orders_by_case_and_number(quiet_scene: Scene) -> None:
    cases = sorted(CaseRef(making.reference(f"casus {n}")) for n in range(3))
    for case in reversed(cases):
        await quiet_scene.allowed(quiet_scene.start(case))
    for case in cases:
        await quiet_scene.allowed(quiet_scene.informed(case=case))
    await another(quiet_scene).advance()
    bodies = [body_of(one.body) for one in (await peek(quiet_scene)).deliveries]
    assert [(body.case, body.case_seq) for body in bodies] == [(case, n) for case in cases for n in (1, 2)]


async def test_the_next_round_waits_for_the_quorum(quiet_scene: Scene) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def quorum(note: str) -> str:
        asked.set()
        await go_on.wait()
        return note + "\u2014 getuige AAAAAAAA\n"

    slow = Sequencer(quiet_scene.broker.database, HOUSE_ID, another(quiet_scene)._key, quorum)
    await quiet_scene.allowed(quiet_scene.start())
    task = asyncio.create_task(slow.advance())
    await asked.wait()
    await quiet_scene.allowed(quiet_scene.informed())
    assert (await peek(quiet_scene)).deliveries == ()
    go_on.set()
    await task
    page = await peek(quiet_scene)
    assert len(page.deliveries) == 2
    assert page.checkpoint.endswith("getuige AAAAAAAA\n")


async def test_weather_is_waited_out(quiet_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(sequencer, "IDLE_SECONDS", 0.02)
    advance, failures = Sequencer.advance, [UnavailableError("rain"), LedgerError("hail")]

    async def advance_or_fail(self: Sequencer) -> None:
        if failures:
            raise failures.pop()
        await advance(self)

    monkeypatch.setattr(Sequencer, "advance", advance_or_fail)
    await quiet_scene.allowed(quiet_scene.start())
    running = asyncio.create_task(another(quiet_scene).run())
    page = await quiet_scene.inbox(HOUSE)
    running.cancel()
    await asyncio.wait([running])
    assert len(page.deliveries) == 1
    assert failures == []


async def test_a_checkpoint_beyond_the_head_is_never_signed(quiet_scene: Scene) -> None:
    """A head that was set back (a restore) must not sign what it no longer has."""
    async with quiet_scene.broker.database.connection() as connection:
        await connection.execute("INSERT INTO checkpoint (house, size, root) VALUES ('drenthe', 999, '')")
    with pytest.raises(LedgerError, match="beyond the head"):
        await another(quiet_scene).advance()


async def test_a_round_that_was_lost_begins_again(quiet_scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    swap, losses = store.swap_head, [False]

    async def lose_once(*arguments: Any) -> bool:
        return losses.pop() if losses else await swap(*arguments)

    monkeypatch.setattr(store, "swap_head", lose_once)
    await quiet_scene.allowed(quiet_scene.start())
    await another(quiet_scene).advance()
    assert len((await peek(quiet_scene)).deliveries) == 1
    assert losses == []


async def test_a_house_without_a_log(quiet_scene: Scene) -> None:
    nowhere = Sequencer(quiet_scene.broker.database, HouseId("elders"), another(quiet_scene)._key)
    with pytest.raises(LedgerError, match="no log"):
        await nowhere.advance()


async def test_a_busy_lock_is_waited_for(quiet_scene: Scene) -> None:
    await quiet_scene.allowed(quiet_scene.start())
    async with quiet_scene.broker.database.connection() as connection:
        assert await store.try_lock(connection, str(HOUSE_ID))
        task = asyncio.create_task(another(quiet_scene).advance())
        await asyncio.sleep(0.1)
        assert not task.done()
        await store.unlock(connection, str(HOUSE_ID))
    await task
    async with quiet_scene.broker.database.connection() as connection:
        note = await read_note(connection, str(HOUSE_ID))
    assert note is not None
    assert note[0] == 10
