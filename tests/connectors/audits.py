"""A broker that tampers with what it serves to who audits it: the real log of an exchange, and one lie at a time.

Each test changes a copy, so that the connectors and their databases stay honest; a lie is told with the log's real key
where that key is the broker's, and never with the key of a party.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.control import auditing
from connectors.exchanges.deciding import decide_intake, move
from connectors.exchanges.outgoing import Sent
from connectors.proofs.report import Report
from connectors.proofs.store import FILE
from keys import merkle, tiles
from schemas.canonical import encode
from schemas.ids import Address, Oin, PackDigest
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE
from tests.memory_broker import Entry, MemoryBroker, MemoryLink

Rows = list[dict[str, Any]]


@dataclass
class AuditedLink(MemoryLink):
    """What a broker serves to who audits. ``entry``: what it makes of one of the entries, None to hide it; ``rows``: of
    a page of them; ``bundle``: of a tile or bundle; ``asked``: what was asked for, how often."""

    entry: Callable[[Entry], Entry | None] = lambda entry: entry
    rows: Callable[[Rows], Rows] = lambda rows: rows
    bundle: Callable[[str, bytes], bytes] = lambda path, data: data
    more: Rows = field(default_factory=list)
    packs: dict[str, bytes] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def entries(self, after: int, limit: int) -> bytes:
        self._reach()
        self.asked["entries"] += 1
        found = [shown for entry in self.broker.entries if self._mine(entry) and (shown := self.entry(entry))]
        rows: Rows = [
            {"index": one.index, "body": one.body, "manifest": one.manifest if one.allowed else None} for one in found
        ]
        rows = sorted([*rows, *self.more], key=lambda row: row["index"])
        page = [row for row in rows if row["index"] > after][:limit]
        return json.dumps({"entries": self.rows(page)}).encode()

    async def tile(self, path: str) -> bytes:
        self.asked[path] += 1
        return self.bundle(path, await super().tile(path))

    async def pack(self, digest: PackDigest) -> bytes:
        return self.packs[digest] if digest in self.packs else await super().pack(digest)

    def _mine(self, entry: Entry) -> bool:
        """The broker shows an entry to who takes part; a refusal to its sender."""
        manifest = entry.source.manifest
        named = (manifest.sender, *manifest.to) if entry.allowed else (manifest.sender,)
        return self.oin in {address.oin for address in named}


def link(exchange: Exchange, address: Address = HOUSE, **lies: Any) -> AuditedLink:
    """A copy of the broker, so that what a test does to it does not reach the connectors."""
    return AuditedLink(copy.deepcopy(exchange.broker), Oin(address.oin), **lies)


async def audited(
    exchange: Exchange, served: AuditedLink, address: Address = HOUSE, *, keep: bool = False, **later: float
) -> Report:
    """The audit of one party, an hour later unless told; of all from the start, unless what was kept is to ``keep``."""
    now = exchange.clock() + timedelta(**(later or {"hours": 1}))
    settings = exchange[address].settings
    if not keep:
        (settings.data / FILE).unlink(missing_ok=True)
    return await auditing.audit_house(settings, served, lambda *_: None, now)


def codes(report: Report) -> set[str]:
    """Of all findings; there are some."""
    assert not report.ok
    return {problem.code for problem in report.problems}


def found(report: Report) -> set[tuple[str, int | None]]:
    """Codes with their places."""
    return {(problem.code, problem.index) for problem in report.problems}


def facts_of(report: Report) -> set[tuple[str, str | None]]:
    """Codes with the names of the facts."""
    return {(problem.code, problem.what) for problem in report.problems}


def unchecked(report: Report) -> dict[str, int]:
    """What could not be checked, but for own keys: the parties of these tests keep no files of them."""
    return {one.code: one.count for one in report.unchecked if one.code != "eigen_sleutels"}


def rebuilt(broker: MemoryBroker, leaves: list[bytes]) -> None:
    """The whole log made anew over other leaves and signed with the log's real key."""
    broker.leaves = leaves
    broker.tiles = dict(tiles.grow(0, {}, [merkle.leaf_hash(leaf) for leaf in leaves]).tiles)


def changed_body(entry: Entry, **members: Any) -> Entry:
    """With other members; None takes one away."""
    value = {**json.loads(entry.body), **members}
    return replace(entry, body=encode({name: one for name, one in value.items() if one is not None}).decode())


def last_of(served: AuditedLink, kind: str) -> Entry:
    """The last entry about a message of a kind."""
    return next(one for one in reversed(served.broker.entries) if one.source.manifest.kind == kind)


def relogged(served: AuditedLink, target: Entry, changed: Entry) -> None:
    """One body replaced, the log made anew around it: nothing but what it says is wrong, for who saw nothing before."""
    leaves = list(served.broker.leaves)
    leaves[target.index] = merkle.body_leaf(changed.body.encode())
    rebuilt(served.broker, leaves)
    served.entry = lambda one: changed if one.index == target.index else one


def lied(exchange: Exchange, kind: str, tell: Callable[[dict[str, Any]], None], to: Address = HOUSE) -> AuditedLink:
    """A broker that decided on other facts, and logged them so: ``tell`` changes the facts of the last of a kind."""
    served = link(exchange, to)
    target = last_of(served, kind)
    facts = json.loads(target.body)["facts"]
    tell(facts)
    relogged(served, target, changed_body(target, facts=facts))
    return served


@asynccontextmanager
async def case_in_triage(folder: Path) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    made = await Exchange(folder).open()
    await made.asked(await made.in_triage(), COLLEGE)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def two_cases(folder: Path) -> AsyncIterator[Exchange]:
    """The same, and a case that the house does not take."""
    async with case_in_triage(folder) as made:
        ended = await made.notified()
        assert isinstance(await decide_intake(made[HOUSE], ended.case, "afgewezen", "criteria_niet_voldaan"), Sent)
        made.clock.forward(seconds=1)
        assert isinstance(await move(made[HOUSE], ended.case, "afgewezen", "criteria_niet_voldaan"), Sent)
        await made.settle()
        yield made
