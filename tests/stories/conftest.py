"""One running broker for all stories that attack it from outside, and the search of what all stories leave behind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from deploy.embedded_postgres import EmbeddedPostgres
from tests.stories.forging import Case
from tests.stories.gathering_traces import Traces
from tests.stories.live import Live, living

TRACES = Traces()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Of every story, as it ends."""
    TRACES.keep_report(report)


@pytest.fixture(scope="session", autouse=True)
def traces() -> Iterator[Traces]:
    """At the end no personal value may stand in anything that others see; what is found is named without its value."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Live, "call", TRACES.listen(Live.call))
        patched.setattr(ClientSession, "_request", TRACES.follow(ClientSession._request))
        yield TRACES
    canaries = TRACES.search()
    assert canaries.sentences == []
    assert canaries.looked["report"] > 0


@pytest.fixture(scope="session")
def live(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, traces: Traces) -> Iterator[Live]:
    """`ketenbroker serve` over a database of its own."""
    name = f"live_{uuid4().hex}"
    with living(tmp_path_factory.mktemp("live"), postgres.create_database(name)) as running:
        yield running
        traces.keep_broker(running)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def case(live: Live) -> Case:
    """A case in triage; child protection and the police may be asked, the public prosecutor may not."""
    made = Case(live).in_triage(live.address("rvdk"), live.address("politie"))
    made.waiting = made.allowed(made.question(live.address("rvdk")))
    return made


@pytest.fixture
def marker(traces: Traces) -> str:
    """Letters that nobody else writes; they serve as a term, as the name of a member, as a text."""
    drawn = "kanarie" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))
    traces.markers.append(drawn)
    return drawn
