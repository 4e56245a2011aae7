"""PostgreSQL dies while the broker works: what was acknowledged is there, the log goes on, nobody needs to help."""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from broker.exchanges import delivery
from broker.ledger import sequencer
from broker.migrations import upgrade
from broker.problem import ProblemError
from deploy.embedded_postgres import EmbeddedPostgres
from tests.broker.scene import Scene, body_of
from tests.making import HOUSE, HOUSE_ID

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def server(postgres: EmbeddedPostgres) -> Iterator[EmbeddedPostgres]:
    """A server of this test alone, with fsync. (The shared one is asked for so that its absence is a skip.)"""
    assert postgres.running
    base = Path(tempfile.mkdtemp(prefix="keten-crash-"))
    base.chmod(0o711)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    own = EmbeddedPostgres(base, port=port)
    own.start()
    yield own
    own.stop()
    shutil.rmtree(base, ignore_errors=True)


@pytest_asyncio.fixture
async def durable(server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A scene on that server, whose tasks look again soon."""
    monkeypatch.setattr(sequencer, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(delivery, "RECONNECT_SECONDS", 0.1)
    dsn = server.create_database("crash")
    await upgrade(dsn)
    opened = await Scene.open(dsn, tmp_path / "keys")
    yield opened
    await opened.broker.stop()


async def test_what_was_acknowledged_survives_and_the_log_goes_on(durable: Scene, server: EmbeddedPostgres) -> None:
    scene = durable
    await scene.allowed(scene.start())
    messages = [scene.informed() for _ in range(60)]
    data = [scene.pack_up(message) for message in messages]

    problems: set[str] = set()

    async def submit(one: bytes) -> str | None:
        try:
            return (await scene.broker.intake.submit(HOUSE_ID, messages[0].sender.oin, one)).entry
        except ProblemError as error:
            problems.add(error.code)
            return None

    async def crash() -> None:
        await asyncio.sleep(0.1)
        await asyncio.to_thread(server.kill)

    *first, _ = await asyncio.gather(*(submit(one) for one in data), crash())
    server.start()
    assert problems <= {"even_niet"}
    # Who got no answer sends the same bytes again.
    second = [await submit(one) for one in data]
    assert None not in second
    assert [old for old in first if old is not None] == [
        new for old, new in zip(first, second, strict=True) if old is not None
    ]
    await scene.settled()
    assert await scene.broker.ready()
    assert await scene.count("message") == 61
    entries, after = [], 0
    while page := (await scene.inbox(HOUSE, after=after)).deliveries:
        entries += [body_of(one.body).entry for one in page]
        for one in page:
            scene.verified(one.body, one.proof)
        after = page[-1].n
        if len(entries) == 61:
            break
    assert sorted(entries[1:]) == sorted(str(entry) for entry in second)
    # The connection that listens is back as well.
    waiting = asyncio.create_task(scene.inbox(HOUSE, after=after, wait=20))
    await asyncio.sleep(0.3)
    await scene.allowed(scene.informed())
    async with asyncio.timeout(10):
        assert len((await waiting).deliveries) == 1
