"""A running broker of its own, so that thousands of odd requests disturb no story."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from deploy.embedded_postgres import EmbeddedPostgres
from tests.stories.live import Live, living


@pytest.fixture(scope="session")
def live(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """`ketenbroker serve` over TLS and a database of its own."""
    name = f"api_{uuid4().hex}"
    with living(tmp_path_factory.mktemp("api"), postgres.create_database(name)) as running:
        yield running
    postgres.drop_database(name)
