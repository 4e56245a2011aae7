"""Everybody around a broker in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.connectors.exchange import Exchange


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    """All parties, with nothing said yet."""
    made = await Exchange(tmp_path).open()
    yield made
    await made.close()
