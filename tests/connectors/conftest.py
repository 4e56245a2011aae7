"""Everybody around a broker in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog

from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN


@pytest.fixture(autouse=True)
def logs_of_this_test_only() -> Iterator[None]:
    """A test that starts the program sets up its logs for the whole process."""
    yield
    structlog.reset_defaults()


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    """The house, the town that notifies and the college; a test opens others when it needs them."""
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    yield made
    await made.close()
