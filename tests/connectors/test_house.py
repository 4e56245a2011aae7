"""The own copy of the house: what is typed in decides, and every record is in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from connectors import CheckError, LinkError, UseError
from connectors.exchanges import log_view
from keys.checkpoint import Checkpoint, sign
from keys.identity import record_bytes, sign_record
from keys.merkle import record_leaf
from schemas.ids import Digest, Oin
from schemas.records import KeyRevocation, SignedRecord
from tests.connectors.exchange import Exchange
from tests.connectors.parties import (
    COLLEGE,
    HOUSE,
    HOUSE_ID,
    LOG,
    RECEIPTS,
    START,
    TOWN,
    open_connector,
    seed,
    settings,
    signing_key,
)
from tests.memory_broker import MemoryLink


def revocation() -> SignedRecord:
    """The college takes back its signing key."""
    record = KeyRevocation(
        record="sleutel_intrekking",
        house=HOUSE_ID,
        address=COLLEGE,
        kid=signing_key(COLLEGE).kid,
        since=START,
    )
    return SignedRecord(first=sign_record(record, seed(42)))


async def test_another_house_than_typed_in_is_not_believed(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    chosen = settings(TOWN, tmp_path)
    other = chosen.house.model_copy(update={"genesis": Digest("A" * 43)})
    with pytest.raises(UseError, match="another house"):
        await open_connector(chosen.model_copy(update={"house": other}), exchange.link(TOWN), exchange.clock)


async def test_a_sandbox_is_not_taken_for_real(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    chosen = settings(TOWN, tmp_path)
    real = chosen.house.model_copy(update={"unsafe_sandbox": False})
    with pytest.raises(UseError, match="sandbox"):
        await open_connector(chosen.model_copy(update={"house": real}), exchange.link(TOWN), exchange.clock)


async def test_a_record_that_is_not_in_the_log_is_not_believed(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    leaves = [*exchange.broker.leaves[:-1], b"\x02something else in its place"]
    exchange.broker.leaves, exchange.broker.tiles = [], {}
    for leaf in leaves:
        exchange.broker._append(leaf)
    with pytest.raises(CheckError) as caught:
        await open_connector(settings(TOWN, tmp_path), Misplacing(exchange.broker, Oin(TOWN.oin)), exchange.clock)
    assert caught.value.code == "logboek_bewijs"


class Misplacing(MemoryLink):
    """A broker that says a record stands where another does."""

    @override
    def _index(self, signed: SignedRecord) -> int:
        leaf = record_leaf(record_bytes(signed))
        leaves = self.broker.leaves
        return leaves.index(leaf) if leaf in leaves else len(leaves) - 1


async def test_a_new_record_counts_from_the_next_page_on(exchange: Exchange) -> None:
    place = exchange[TOWN]
    assert place.house.directory.count == len(exchange.broker.records)
    exchange.clock.forward(seconds=5)
    exchange.broker.add_record(revocation())
    await place.book.refresh()
    assert place.house.directory.signing_keys(COLLEGE, exchange.clock.now) == ()
    await exchange.connectors.pop(TOWN).stop()
    exchange.broker.away = True
    again = await exchange.open(TOWN)  # from its own copy: the broker is away
    assert again[TOWN].house.directory.signing_keys(COLLEGE, exchange.clock.now) == ()


async def test_a_revocation_counts_before_its_proof_and_an_accession_does_not(exchange: Exchange) -> None:
    place = exchange[TOWN]
    link: Any = place.link
    known = json.loads(await link.directory())

    async def early(row: dict[str, Any]) -> bytes:
        rows = [*known["records"], {**row, "time": "2026-03-10T09:00:00Z"}]
        return json.dumps({**known, "records": rows}).encode()

    link.directory = lambda: early(revocation().model_dump(exclude_none=True))
    await place.book.refresh()
    assert place.house.directory.signing_keys(COLLEGE, exchange.clock.now) == ()
    double = dict(known["records"][-1])
    double.pop("index")
    link.directory = lambda: early(double)
    with pytest.raises(CheckError):
        await place.book.refresh()


async def test_a_directory_that_forgets_is_caught(exchange: Exchange) -> None:
    place = exchange[TOWN]
    link: Any = place.link
    known = json.loads(await link.directory())

    async def shorter() -> bytes:
        return json.dumps({**known, "records": known["records"][:-1]}).encode()

    link.directory = shorter
    with pytest.raises(CheckError) as caught:
        await place.book.refresh()
    assert caught.value.code == "directory_veranderd"


async def test_without_any_contact_there_is_no_house(tmp_path: Path) -> None:
    exchange = Exchange(tmp_path)
    exchange.broker.away = True
    with pytest.raises(LinkError):
        await exchange.open(HOUSE)


def test_only_the_logs_own_key_signs_its_history() -> None:
    head = Checkpoint("broker.example/drenthe/2026", 3, b"\1" * 32)
    assert log_view.agree(None, sign(head, LOG), (), LOG.verify_key, head.origin) == head
    for text, origin in (
        (sign(head, RECEIPTS), head.origin),
        (sign(head, LOG), "elsewhere/drenthe/2026"),
        ("x", head.origin),
    ):
        with pytest.raises(CheckError) as caught:
            log_view.agree(None, text, (), LOG.verify_key, origin)
        assert caught.value.code == log_view.BAD_LOG
    other = Checkpoint(head.origin, 3, b"\2" * 32)
    with pytest.raises(CheckError) as caught:
        log_view.agree(head, sign(other, LOG), (), LOG.verify_key, head.origin)
    assert caught.value.code == log_view.FORKED


async def served(place: Any, change: Any) -> None:
    """The broker's directory, with something else said about its last record."""
    link: Any = place.link
    known = json.loads(await type(link).directory(link))
    change(known["records"])

    async def lying() -> bytes:
        return json.dumps(known).encode()

    link.directory = lying


def of_2099(rows: list[dict[str, Any]]) -> None:
    rows[-1]["time"] = "2099-01-01T00:00:00Z"


async def test_the_broker_does_not_choose_when_a_revocation_counts(exchange: Exchange) -> None:
    """No leaf holds a time. What narrows counts from when it was seen, and the truth is no contradiction later."""
    place = exchange[TOWN]
    honest: Any = place.link
    directory = honest.directory
    exchange.clock.forward(seconds=5)
    exchange.broker.add_record(revocation())
    await served(place, of_2099)
    await place.book.refresh()
    exchange.clock.forward(seconds=61)
    assert place.house.directory.signing_keys(COLLEGE, exchange.clock.now) == ()
    honest.directory = directory
    await place.book.refresh()
    assert place.house.directory.signing_keys(COLLEGE, exchange.clock.now) == ()


async def test_nor_by_telling_another_time_once_it_is_in_the_log(exchange: Exchange) -> None:
    place = exchange[TOWN]
    link: Any = place.link
    directory = link.directory
    exchange.clock.forward(seconds=5)
    seen = exchange.clock.now

    def early(rows: list[dict[str, Any]]) -> None:
        rows.append({**revocation().model_dump(exclude_none=True), "time": "2026-03-10T09:00:05Z"})

    await served(place, early)
    await place.book.refresh()
    link.directory = directory
    exchange.clock.forward(hours=1)
    exchange.broker.add_record(revocation())
    await place.book.refresh()
    assert place.house.directory.signing_keys(COLLEGE, seen) == ()


@pytest.mark.parametrize("time", ["2099-01-01T00:00:00Z", "2026-03-10T07:00:00Z"])
async def test_what_widens_has_a_time_that_can_be(tmp_path: Path, time: str) -> None:
    exchange = Exchange(tmp_path)
    link: Any = exchange.link(TOWN)
    known = json.loads(await link.directory())
    known["records"][-1]["time"] = time

    async def lying() -> bytes:
        return json.dumps(known).encode()

    link.directory = lying
    with pytest.raises(CheckError) as caught:
        await open_connector(settings(TOWN, tmp_path), link, exchange.clock)
    assert caught.value.code == "directory_tijd"


async def test_a_record_that_is_none_is_told_as_such(exchange: Exchange) -> None:
    def broken(rows: list[dict[str, Any]]) -> None:
        rows.append({"first": "a.b.c", "time": "2026-03-10T09:00:05Z"})

    await served(exchange[TOWN], broken)
    with pytest.raises(CheckError) as caught:
        await exchange[TOWN].book.refresh()
    assert caught.value.code == "directory_ongeldig"
