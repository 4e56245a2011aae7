"""What an audit keeps of itself, and what it takes into memory: a disk may fail, and a broker may send too much."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import typer

from connectors import LinkTooMuchError, StateError
from connectors.commands import auditing as command
from connectors.control import auditing
from connectors.proofs import leaves
from connectors.proofs.store import FILE
from tests.connectors.audits import audited, link
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
FAR = 10**9


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


COURSE = "UPDATE state SET value = ? WHERE name = 'course'"
VERIFIED = "UPDATE state SET value = ? WHERE name = 'verified'"


def course(**members: object) -> str:
    """A course to put in its place."""
    return json.dumps({"run": 1, "finished": False, "cursor": -1, "size": 0, "root": "", **members})


async def damaged(exchange: Exchange, *steps: tuple[str, str]) -> None:
    """An audit, and then a disk that did something to what it kept."""
    assert (await audited(exchange, link(exchange))).ok
    kept = sqlite3.connect(exchange[HOUSE].settings.data / FILE)
    for statement, value in steps:
        kept.execute(statement, (value,))
    kept.commit()
    kept.close()


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        (COURSE, '{"x": 1}'),
        (COURSE, course(run="a")),
        (COURSE, course(cursor=True)),
        (COURSE, course(size=-5)),
        (COURSE, course(root="?")),
        (COURSE, course(size=3, root="AAAA")),
        (VERIFIED, '{"size": -5, "tiles": []}'),
        (VERIFIED, '{"size": 3, "tiles": [["a", [], "AA"]]}'),
        ("UPDATE state SET value = ? WHERE name = 'salt'", "zz"),
        ("DELETE FROM state WHERE name = ?", "salt"),
        ("UPDATE entry SET unchecked = ?", "onbekend"),
    ],
)
async def test_what_was_kept_and_is_damaged_says_what_to_do(exchange: Exchange, statement: str, value: str) -> None:
    await damaged(exchange, (statement, value))
    with pytest.raises(StateError, match="--again"):
        await audited(exchange, link(exchange), keep=True)
    again = await auditing.audit_house(
        exchange[HOUSE].settings, link(exchange), lambda *_: None, exchange.clock() + timedelta(hours=1), again=True
    )
    assert again.ok


async def test_a_finding_of_no_known_kind_is_damage(exchange: Exchange) -> None:
    await damaged(exchange, ("INSERT INTO problem (code) VALUES (?)", "weg"), (COURSE, course()))
    with pytest.raises(StateError, match="--again"):
        await audited(exchange, link(exchange), keep=True)


async def test_a_place_that_the_log_does_not_have_is_none_to_go_on_from(exchange: Exchange) -> None:
    await damaged(exchange, ("DELETE FROM entry WHERE idx >= ?", "0"), (COURSE, course(cursor=99_999)))
    report = await audited(exchange, link(exchange), keep=True)
    assert report.ok
    assert report.own_entries == report.register > 0


async def test_what_another_party_kept_is_not_used(exchange: Exchange) -> None:
    assert (await audited(exchange, link(exchange))).ok
    there = exchange[TOWN].settings.data / FILE
    there.unlink(missing_ok=True)
    shutil.copy(exchange[HOUSE].settings.data / FILE, there)
    report = await audited(exchange, link(exchange, TOWN), TOWN, keep=True)
    assert (report.ok, report.since) == (True, 0)


async def test_what_nobody_foresaw_ends_with_a_code_of_its_own(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("with something secret")

    monkeypatch.setattr(command, "connect", lambda _: exchange[HOUSE].settings)
    monkeypatch.setattr(command, "_audit", broken)
    with pytest.raises(typer.Exit) as ended:
        await asyncio.to_thread(command.audit, Path("settings.toml"))
    assert ended.value.exit_code == command.NOT_DONE
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "secret" not in said


# ---------------------------------------------------------------------------------------------------------------- room


async def test_entries_that_are_too_large_for_one_page_come_in_smaller_ones(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, asked = link(exchange), list[int]()
    whole = served.entries

    async def entries(after: int, limit: int) -> bytes:
        asked.append(limit)
        data = await whole(after, limit)
        if len(json.loads(data)["entries"]) > most:
            raise LinkTooMuchError("more than fits")
        return data

    monkeypatch.setattr(served, "entries", entries)
    most = 3
    report = await audited(exchange, served)
    assert (report.ok, report.own_entries) == (True, report.register)
    assert asked[0] == 200
    assert asked[-1] == 3
    most = 0
    with pytest.raises(LinkTooMuchError):
        await audited(exchange, served)


async def test_a_tile_that_is_too_long_is_none_at_once() -> None:
    """A tile is 8 KiB; of a thousand answers of 32 MiB nothing is kept."""
    asked: list[str] = []

    async def served(path: str) -> bytes:
        asked.append(path)
        return bytes(8193 if path.startswith("tile/0/") else 256 * 65537 + 1)

    paths = ["tile/0/000", "tile/entries/000"]
    assert await leaves.fetch_all(served, paths) == [None, None]
    fetch = leaves.remembering(served)
    asked.clear()
    assert [await fetch("tile/0/000"), await fetch("tile/0/000")] == [b"", b""]
    assert asked == ["tile/0/000"]
    whole = bytes(8192)

    async def honest(_: str) -> bytes:
        return whole

    assert await leaves.fetch_all(honest, paths) == [whole, whole]
