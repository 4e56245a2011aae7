"""An idle connector looks too: a second log of the very size that it holds, served with nothing else on the page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from connectors import CheckError
from connectors.desk import stories
from keys import merkle, tiles
from keys.jws import SigningKey
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    await made.notified()
    yield made
    await made.close()


async def stopped(exchange: Exchange) -> str:
    """The code with which the town takes nothing more; a person hears of it."""
    with pytest.raises(CheckError) as caught:
        await exchange.connectors[TOWN].round()
    assert [finding.code for finding in await stories.findings(exchange[TOWN])] == [caught.value.code]
    return caught.value.code


async def test_the_same_log_again_is_nothing(exchange: Exchange) -> None:
    assert await exchange.connectors[TOWN].round() == 0
    assert await stories.findings(exchange[TOWN]) == ()


async def test_another_log_of_the_same_size(exchange: Exchange) -> None:
    broker = exchange.broker
    held = exchange[TOWN].book.held
    assert held is not None
    assert held.size == len(broker.leaves)
    broker.leaves[-1] = merkle.body_leaf(b"{}")
    broker.tiles = dict(tiles.grow(0, {}, [merkle.leaf_hash(leaf) for leaf in broker.leaves]).tiles)
    assert await stopped(exchange) == "logboek_gespleten"


async def test_the_same_log_signed_by_another(exchange: Exchange) -> None:
    exchange.broker.log_key = SigningKey.generate()
    assert await stopped(exchange) == "logboek_bewijs"
