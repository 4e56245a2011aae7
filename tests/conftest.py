"""What every test may ask for: the material of others, a PostgreSQL server, a fresh database.

Decides when absence is a skip and when a failure: at a developer, a test that lacks its material is skipped and
says so, with CI=true it fails, because there a skip would hide that nothing was tested.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from hypothesis import settings

from deploy.embedded_postgres import EmbeddedPostgres
from deploy.postgres_binaries import NoBinariesError

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("everywhere", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("everywhere")


def absent(what: str) -> NoReturn:
    """Skip because ``what`` is absent, or fail where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} (with CI=true this is no skip)", pytrace=False)
    pytest.skip(what)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, so that `make check` can leave it out."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the material of others: vectors, standards, the text of the protocol."""
    folder = Path(os.environ.get("KETEN_SHARED") or ROOT.parent / "shared")
    if not (folder / "vectors").is_dir():
        absent("the material of others is not here: point KETEN_SHARED at the folder that holds vectors/")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One server for the session (with pytest-xdist: per worker), without fsync: for logic, not for durability."""
    base = Path(tempfile.mkdtemp(prefix="keten-postgres-"))
    base.chmod(0o711)  # as root the server runs as another user, who must be able to pass
    server = EmbeddedPostgres(base, fsync=False, settings={"max_connections": "200"})
    try:
        server.start()
    except NoBinariesError as error:
        absent(str(error))
    else:
        yield server
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A fresh, empty database; its DSN. The broker's conftest copies a migrated template in the same way."""
    name = f"test_{uuid4().hex}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder with a short name: the path of a unix socket has room for 107 bytes, and pytest's own is long."""
    with tempfile.TemporaryDirectory(prefix="kc-") as folder:
        yield Path(folder)
