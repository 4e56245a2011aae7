"""One running broker for all stories that attack it from outside."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from uuid import uuid4

import pytest

from deploy.embedded_postgres import EmbeddedPostgres
from tests.stories.forging import Case
from tests.stories.live import Live, living


@pytest.fixture(scope="session")
def live(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """`ketenbroker serve` over a database of its own."""
    name = f"live_{uuid4().hex}"
    with living(tmp_path_factory.mktemp("live"), postgres.create_database(name)) as running:
        yield running
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def case(live: Live) -> Case:
    """A case in triage; child protection and the police may be asked, the public prosecutor may not."""
    made = Case(live).in_triage(live.address("rvdk"), live.address("politie"))
    made.waiting = made.allowed(made.question(live.address("rvdk")))
    return made


@pytest.fixture
def marker() -> str:
    """Letters that nobody else writes; they serve as a term, as the name of a member, as a text."""
    return "kanarie" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))
