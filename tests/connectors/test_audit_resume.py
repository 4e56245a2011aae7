"""An audit goes on where the one before it was: after it was done, and after it was killed at whatever moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors import LinkError, StateError, StorageError
from connectors.control import auditing
from connectors.proofs import audit, leaves, replay
from connectors.proofs.leaves import Edge
from connectors.proofs.report import Report
from connectors.proofs.store import FILE, AuditStore
from keys import tiles
from keys.merkle import leaf_hash
from schemas.ids import Address
from tests.connectors.audits import AuditedLink, audited, changed_body, codes, found, last_of, link, rebuilt
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
PAGE = 3
OTHERS = 600
"""Leaves of cases of others."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps, so that there are many."""
    monkeypatch.setattr(audit, "PAGE", PAGE)
    monkeypatch.setattr(leaves, "CHUNK", tiles.WIDTH)


def grown(exchange: Exchange, count: int = OTHERS, address: Address = HOUSE) -> AuditedLink:
    """The log with leaves of others behind it."""
    served = link(exchange, address)
    rebuilt(served.broker, [*served.broker.leaves, *(b"\x01" + number.to_bytes(32, "big") for number in range(count))])
    return served


def bundles(served: AuditedLink) -> list[str]:
    return [path for path in served.asked if path.startswith("tile/entries/")]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Which entries were decided again."""
    counted: Counter[int] = Counter()
    whole = replay.judge

    def count(entry: Any, *more: Any) -> Any:
        counted[entry.index] += 1
        return whole(entry, *more)

    monkeypatch.setattr(audit, "judge", count)
    return counted


@pytest.mark.usefixtures("small")
async def test_what_was_verified_is_not_fetched_and_not_decided_again(exchange: Exchange, judged: Counter[int]) -> None:
    first = await audited(exchange, grown(exchange))
    assert first.ok
    assert first.since == 0
    decided = judged.total()
    served = grown(exchange)
    second = await audited(exchange, served, keep=True)
    assert second.ok
    assert (second.since, bundles(served), judged.total()) == (second.size, [], decided)
    assert replace(second, since=0) == first
    more = grown(exchange, OTHERS + 300)
    third = await audited(exchange, more, keep=True)
    assert (third.ok, third.since, third.size) == (True, first.size, first.size + 300)
    assert len(bundles(more)) == -(-third.size // tiles.WIDTH) - first.size // tiles.WIDTH
    assert judged.total() == decided


@pytest.mark.usefixtures("small")
async def test_all_of_it_is_verified_again_where_that_is_asked(exchange: Exchange, judged: Counter[int]) -> None:
    await audited(exchange, grown(exchange))
    served, before = grown(exchange), judged.total()
    report = await auditing.audit_house(
        exchange[HOUSE].settings, served, lambda *_: None, exchange.clock() + timedelta(hours=1), again=True
    )
    assert (report.ok, report.since, len(bundles(served))) == (True, 0, -(-report.size // tiles.WIDTH))
    assert judged.total() == 2 * before


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("more", [0, 1, 300])
async def test_a_changed_past_is_found_by_what_was_kept(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Also by a connector that has seen nothing else of the log."""
    monkeypatch.setattr(auditing, "_held", lambda *_: None)
    first = await audited(exchange, grown(exchange))
    assert first.ok
    served, fresh = grown(exchange, OTHERS + more), grown(exchange, OTHERS + more, COLLEGE)
    past = list(served.broker.leaves)
    past[len(past) // 2] = b"\x01" + bytes(31) + b"\xff"
    for one in (served, fresh):
        rebuilt(one.broker, past)
    # Who begins anew sees a log in which all holds.
    assert (await audited(exchange, fresh, COLLEGE)).ok
    again = await audited(exchange, served, keep=True)
    assert found(again) == {("logboek_gespleten", first.size)}
    # And it stays found: what was verified is not forgotten for it.
    assert found(await audited(exchange, served, keep=True)) == {("logboek_gespleten", first.size)}
    assert (await audited(exchange, grown(exchange), keep=True)).ok


@pytest.mark.usefixtures("small")
async def test_a_log_that_shrank_since(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "_held", lambda *_: None)
    first = await audited(exchange, grown(exchange))
    report = await audited(exchange, grown(exchange, OTHERS - 1), keep=True)
    assert found(report) == {("logboek_gekrompen", first.size - 1)}


async def test_a_body_that_was_edited_since(exchange: Exchange, judged: Counter[int]) -> None:
    """Its leaf was compared before, and is fetched no more: the new text is proven against the tree."""
    assert (await audited(exchange, link(exchange))).ok
    before = judged.total()
    served = link(exchange)
    target = last_of(served, "triagevraag").index
    served.entry = lambda one: changed_body(one, blind="A" * 22) if one.index == target else one
    assert found(await audited(exchange, served, keep=True)) == {("vermelding_anders", target)}
    assert judged.total() == before + 1
    assert (await audited(exchange, link(exchange), keep=True)).ok


async def test_an_entry_that_is_shown_no_more(exchange: Exchange) -> None:
    """Also one that the own register knows nothing of."""
    settings = exchange[COLLEGE].settings
    (settings.data / FILE).unlink(missing_ok=True)
    served = link(exchange, COLLEGE)
    assert (await audited(exchange, served, COLLEGE, keep=True)).ok
    target = last_of(served, "triagevraag")
    served.entry = lambda one: None if one.index == target.index else one
    report = await audited(exchange, served, COLLEGE, keep=True)
    assert found(report) == {("vermelding_verzwegen", target.index)}


async def test_findings_are_those_of_this_audit(exchange: Exchange) -> None:
    def cut(path: str, data: bytes) -> bytes:
        return data[:-1] if "entries" in path else data

    assert codes(await audited(exchange, link(exchange, bundle=cut))) == {"blad_ontbreekt"}
    assert (await audited(exchange, link(exchange), keep=True)).ok


async def test_a_checkpoint_that_did_not_hold_is_not_remembered(exchange: Exchange) -> None:
    served = link(exchange)
    served.broker.log_key = type(served.broker.log_key).generate()
    assert codes(await audited(exchange, served)) == {"controlepunt_ongeldig"}
    assert (await audited(exchange, link(exchange), keep=True)).ok


async def test_a_broker_that_falls_silent_once_it_is_found_out(exchange: Exchange) -> None:
    """What was found by then is said, and stays found when the audit goes on."""
    served = link(exchange)
    target = last_of(served, "triagevraag")
    served.entry = lambda one: replace(one, manifest=last_of(served, "sleutel").manifest) if one is target else one

    def silent(path: str, _: bytes) -> bytes:
        raise LinkError("away")

    served.bundle = silent
    with pytest.raises(LinkError, match=r"1 bevindingen \(manifest_anders\)"):
        await audited(exchange, served)
    assert found(await audited(exchange, link(exchange), keep=True)) == {("manifest_anders", target.index)}
    assert (await audited(exchange, link(exchange), keep=True)).ok


# --------------------------------------------------------------------------------------------------- killed


def killed(settings: Any, served: AuditedLink, now: datetime, at: int, notes: Path) -> None:
    """In a process of its own: the audit, killed before its ``at``-th transaction; what it did goes to ``notes``."""
    writes = 0
    begin = AuditStore._begin
    log = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    whole = replay.judge

    def note(text: str) -> None:
        os.write(log, f"{text}\n".encode())

    def judge(entry: Any, *more: Any) -> Any:
        note(f"judged {entry.index}")
        return whole(entry, *more)

    def bundle(path: str, data: bytes) -> bytes:
        note(f"fetched {path}")
        return data

    @asynccontextmanager
    async def counting(store: AuditStore) -> AsyncIterator[Any]:
        nonlocal writes
        writes += 1
        if writes == at:
            os.kill(os.getpid(), signal.SIGKILL)
        async with begin(store) as tx:
            yield tx

    patch = pytest.MonkeyPatch()
    patch.setattr(AuditStore, "_begin", counting)
    patch.setattr(audit, "judge", judge)
    served.bundle = bundle
    asyncio.run(auditing.audit_house(settings, served, lambda *_: None, now))
    os._exit(0)  # nothing of the tests is to be cleared away by this process


async def in_child(work: Callable[..., None], *arguments: Any) -> int:
    """The exit code of a forked process."""

    def run() -> int:
        child = multiprocessing.get_context("fork").Process(target=work, args=arguments)
        child.start()
        child.join(60)
        assert child.exitcode is not None
        return child.exitcode

    return await asyncio.to_thread(run)


def lines(notes: Path, what: str) -> list[str]:
    rows = notes.read_text().splitlines() if notes.exists() else []
    return [row.removeprefix(f"{what} ") for row in rows if row.startswith(f"{what} ")]


@pytest.mark.usefixtures("small")
async def test_killed_at_any_write_it_goes_on_and_does_little_twice(
    exchange: Exchange, tmp_path: Path, judged: Counter[int]
) -> None:
    """Nothing that was kept is done again: at most the page, and the chunk, that was at hand."""
    settings, now = exchange[HOUSE].settings, exchange.clock() + timedelta(hours=1)
    expected = await audited(exchange, grown(exchange))
    entries = set(judged)
    at = 0
    while True:
        at += 1
        (settings.data / FILE).unlink(missing_ok=True)
        notes = tmp_path / f"notes-{at}"
        code = await in_child(killed, settings, grown(exchange), now, at, notes)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        judged.clear()
        served = grown(exchange)
        report = await audited(exchange, served, keep=True)
        assert told(report) == told(expected), at
        did = Counter([*lines(notes, "judged"), *(str(index) for index in judged.elements())])
        assert {int(index) for index in did} == entries
        assert sum(did.values()) - len(did) <= PAGE, at
        twice = set(bundles(served)) & {path for path in lines(notes, "fetched") if path.startswith("tile/entries/")}
        assert len(twice) <= leaves.CHUNK // tiles.WIDTH + 1, at
    assert at > 20  # there were that many moments; what is kept after one is what is there before the next


def told(report: Report) -> Report:
    """What a report says, but for how far another came before it."""
    return replace(report, since=0)


async def test_a_store_of_another_log_is_begun_anew(tmp_path: Path) -> None:
    store = await AuditStore.open(tmp_path, "one")
    course, _, _ = await store.begin()
    await store.keep_walked(Edge().grow([leaf_hash(b"x")])[0], (), ())
    await store.keep_course(replace(course, cursor=7))
    await store.close()
    same = await AuditStore.open(tmp_path, "one")
    kept, _, walked = await same.begin()
    await same.close()
    assert (kept.cursor, walked.size) == (7, 1)
    other = await AuditStore.open(tmp_path, "other")
    kept, _, walked = await other.begin()
    await other.close()
    assert (kept.cursor, walked.size) == (-1, 0)


async def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageError, match=FILE):
        await AuditStore.open(tmp_path, "one")
    with pytest.raises(StateError, match="--again"):
        Edge.of_json({"size": 3, "tiles": []})
