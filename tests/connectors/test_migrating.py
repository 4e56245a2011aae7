"""kill -9 at every statement of a migration: the next start brings the tables up to date all the same."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.ddl.impl import DefaultImpl
from sqlalchemy import Connection

from connectors import StorageError
from connectors.casefiles import store
from connectors.database import Database

pytestmark = pytest.mark.slow


async def opened(folder: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{folder / 'data.sqlite'}")
    async with database.begin() as tx:
        assert await store.doomed(tx) == ()  # a table that the second step brings
    await database.close()


async def of_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables as the first version made them."""
    real = command.upgrade

    def first(config: Config, _: str) -> None:
        real(config, "0001")

    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", first)
        database = await Database.open(f"sqlite+aiosqlite:///{folder / 'data.sqlite'}")
        await database.close()


def killed(folder: Path, at: int) -> bool:
    """Whether a child that migrates died before its statement number ``at``."""
    child = os.fork()
    if not child:
        try:
            real, heard = DefaultImpl._exec, 0

            def execute(*arguments: Any, **options: Any) -> Any:
                nonlocal heard
                heard += 1
                if heard == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*arguments, **options)

            pytest.MonkeyPatch().setattr(DefaultImpl, "_exec", execute)  # in the child only, which ends here
            asyncio.run(opened(folder))
            os._exit(0)
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def at_every_statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    origin = tmp_path / "origin"
    origin.mkdir()
    asyncio.run(of_before(origin, monkeypatch))
    at = 0
    while True:
        at += 1
        folder = tmp_path / str(at)
        shutil.copytree(origin, folder)
        dead = killed(folder, at)
        asyncio.run(opened(folder))
        if not dead:
            return at - 1


def test_a_kill_at_any_statement_of_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert at_every_statement(tmp_path, monkeypatch) > 12


def test_without_the_transaction_it_never_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Connection.exec_driver_sql

    def only_others(self: Connection, statement: str, *arguments: Any) -> Any:
        return None if statement == "BEGIN IMMEDIATE" else real(self, statement, *arguments)

    monkeypatch.setattr(Connection, "exec_driver_sql", only_others)
    with pytest.raises(StorageError):
        at_every_statement(tmp_path, monkeypatch)
