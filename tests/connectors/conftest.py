"""Everybody around a broker in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    """The house, the town that notifies and the college; a test opens others when it needs them."""
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    yield made
    await made.close()
