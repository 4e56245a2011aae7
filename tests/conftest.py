"""What every test may ask for: the material of others, a PostgreSQL server, a fresh database.

Decides when absence is a skip and when a failure: at a developer, a test that lacks its material is skipped and
says so, with CI=true it fails, because there a skip would hide that nothing was tested.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from hypothesis import settings

from deploy.embedded_postgres import EmbeddedPostgres
from deploy.postgres_binaries import NoBinariesError
from schemas import pack_yaml

ROOT = Path(__file__).resolve().parent.parent

# No example has a deadline: a machine under load is not wrong. Where the result decides whether a change goes in
# (`make check`, and everything with CI=true) examples are the same every time, so that chance blocks nobody. At a
# developer `make test` draws others each time, and what it finds becomes a test of its own.
settings.register_profile("searching", deadline=None)
settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.register_profile("check", settings.get_profile("steady"), max_examples=30)
settings.load_profile("steady" if os.environ.get("CI") == "true" else "searching")


def examples(whole: int) -> int:
    """How many examples a property gets that does not ask for the usual hundred: in `make check` a part of them."""
    return max(1, whole * settings().max_examples // 100)


def absent(what: str) -> NoReturn:
    """Skip because ``what`` is absent, or fail where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} (with CI=true this is no skip)", pytrace=False)
    pytest.skip(what)


@contextmanager
def untraced() -> Iterator[None]:
    """For a million times the same lines: without a tracer of coverage, which triples their time, and without the
    cyclic garbage collector, which finds nothing there."""
    tracer = sys.gettrace()
    sys.settrace(None)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        sys.settrace(tracer)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, so that `make check` can leave it out."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


def pytest_collection_finish() -> None:
    """Leave what collecting made alone: the collector would walk all those tests again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _each_text_of_a_pack_is_read_once() -> Iterator[None]:
    """Hundreds of tests parse a pack of which one file differs: the others are read once. What is read is never
    changed, so that nobody can tell; errors are not kept."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pack_yaml, "_read", lru_cache(maxsize=256)(pack_yaml._read))
        yield


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
