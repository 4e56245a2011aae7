"""A migrated database per test, copied from one template, and a scene on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from broker.ledger.sequencer import Sequencer
from broker.migrations import upgrade
from deploy.embedded_postgres import EmbeddedPostgres
from tests.broker.scene import Scene


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database with all tables and no rows."""
    name = "broker_template"
    dsn = postgres.create_database(name)
    asyncio.run(upgrade(dsn))
    return name


@pytest.fixture
def dsn(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """A fresh migrated database; its DSN."""
    name = f"broker_{uuid4().hex}"
    yield postgres.create_database(name, template)
    postgres.drop_database(name)


@pytest_asyncio.fixture
async def quiet_scene(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A scene in which no round begins by itself: the test says when."""

    async def rest(_: Sequencer) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Sequencer, "run", rest)
    opened = await Scene.open(dsn, tmp_path / "keys")
    yield opened
    await opened.broker.stop()


@pytest_asyncio.fixture
async def scene(dsn: str, tmp_path: Path) -> AsyncIterator[Scene]:
    """A house with its parties and a running broker."""
    opened = await Scene.open(dsn, tmp_path / "keys")
    yield opened
    await opened.broker.stop()
