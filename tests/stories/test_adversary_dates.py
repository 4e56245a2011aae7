"""A broker that dates back: what was signed with a revoked key is said to be from before the revocation.

No leaf holds the time of a record, and the time of an entry is the broker's word; but the log has an order, and what
stands behind a record in it cannot be older than that record.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.desk import stories
from connectors.exchanges.inbox import follow_house
from connectors.exchanges.outgoing import Sent
from keys.identity import sign_record
from keys.jws import SigningKey
from schemas.records import KeyRevocation, PartyKey, SignedRecord
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, HOUSE_ID, TOWN, seed

pytestmark = pytest.mark.slow

ROOT_OF_HOUSE = seed(40)
LOST = SigningKey.from_seed(bytes([99]) * 32)


@pytest_asyncio.fixture
async def exchange(tmp_path: Path) -> AsyncIterator[Exchange]:
    made = await Exchange(tmp_path).open(HOUSE, TOWN, COLLEGE)
    yield made
    await made.close()


def record(exchange: Exchange, *, revoked: bool) -> None:
    """The house records a key, or revokes it."""
    now = exchange.clock.now
    if revoked:
        made: PartyKey | KeyRevocation = KeyRevocation(
            record="sleutel_intrekking", house=HOUSE_ID, address=HOUSE, kid=LOST.kid, since=now
        )
    else:
        end = now + timedelta(days=60)
        made = PartyKey(
            record="partij_sleutel", house=HOUSE_ID, address=HOUSE, key=LOST.public, not_before=now, not_after=end
        )
    exchange.broker.add_record(SignedRecord(first=sign_record(made, ROOT_OF_HOUSE)))


async def asked_with(exchange: Exchange, monkeypatch: pytest.MonkeyPatch, *, revoked: bool) -> tuple[int, list[str]]:
    """Who found a key of the house asks the college: at noon of the first day, by the broker's word."""
    record(exchange, revoked=False)
    done = await exchange.in_triage()
    await exchange.asked(done, COLLEGE)  # so that its key is known
    exchange.clock.forward(hours=3)
    noon = exchange.clock.now
    exchange.clock.forward(days=1)
    if revoked:
        record(exchange, revoked=True)
    for who in (HOUSE, TOWN, COLLEGE):
        await follow_house(exchange[who])
    before = len(await stories.questions(exchange[COLLEGE], everything=True))
    exchange.clock.now = noon
    monkeypatch.setattr(exchange[HOUSE].keyring, "signing", lambda _: LOST)
    (sent,) = await exchange.asked(done, COLLEGE)
    assert isinstance(sent.outcome, Sent)
    codes = [finding.code for finding in await stories.findings(exchange[COLLEGE])]
    return len(await stories.questions(exchange[COLLEGE], everything=True)) - before, codes


async def test_what_stands_behind_a_revocation_is_not_older(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await asked_with(exchange, monkeypatch, revoked=True) == (0, ["logregel_tijd"])


async def test_the_same_key_before_any_revocation(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: as long as nobody revoked it, it counts, and a clock that went back is nothing to turn away for."""
    assert await asked_with(exchange, monkeypatch, revoked=False) == (1, [])
