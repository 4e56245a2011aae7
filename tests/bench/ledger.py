"""B8 and B8r: how fast an audit is, as ratios to the bare primitives under it, on the same entries in the same rounds.

B8: entries verified (page read, body hash, strict parse of the body, leaf compared, tree grown; no decision) to leaf
hashes of the same bodies. B8r: decisions made again, with signature and facts, to bare Ed25519 verifications. The
entries are those of a real exchange: a notification, its intake, triage, a question with its answer's receipt.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import structlog

from connectors.proofs.leaves import Edge
from connectors.proofs.pages import read_page
from connectors.proofs.regathering import CaseView, regather
from connectors.proofs.replay import Entry, House, judge
from keys import jws
from keys.merkle import body_leaf, leaf_hash
from schemas import strict
from schemas.manifest import MANIFEST_TYP
from tests.bench.measuring import Timing, measure
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE_OIN

MANY: Final = 256
"""Entries in one measured step: two pages."""
AIMS: Final = {"B8": 0.1, "B8r": 0.8}
WHAT: Final = {
    "B8": "entries verified by the audit, bodies parsed / leaf hashes of the same bodies",
    "B8s": "entries that an earlier audit decided, bodies compared by their leaf / leaf hashes of the same bodies",
    "B8r": "decisions made again with signature and facts, one core / bare Ed25519 verifications",
    "B8d": "the same without gathering the facts again / bare Ed25519 verifications",
}


@dataclass(frozen=True)
class Scene:
    """A log of an exchange, as an auditor has it before it."""

    house: House
    entries: tuple[Entry, ...]
    view: CaseView
    now: datetime


async def _made(folder: Path) -> Scene:
    exchange = await Exchange(folder).open()
    try:
        await exchange.asked(await exchange.in_triage(), COLLEGE)
        broker, now = exchange.broker, exchange.clock() + timedelta(hours=1)
        house = House.of(broker.records, {broker.pack.digest: broker.pack}, HOUSE_OIN)
        view = CaseView()
        for one in broker.entries:
            view.add(one.index, one.source)
            view.count(one.index, json.loads(one.body)["case_seq"])
        entries = tuple(Entry(one.index, one.body, one.manifest) for one in broker.entries)
        return Scene(house, entries, view, now)
    finally:
        await exchange.close()


def made() -> Scene:
    """The scene, quietly."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        try:
            return asyncio.run(_made(Path(folder)))
        finally:
            structlog.reset_defaults()


def verified(pages: tuple[bytes, ...], leaves: tuple[bytes, ...], *, parsed: bool = True) -> int:
    """What an audit does with entries beside deciding them again. Raises where one does not hold.

    ``parsed`` off: as for entries that were decided again before, of which only the leaf is compared.
    """
    rows = [entry for page in pages for entry in read_page(page, -1, MANY)[0]]
    for entry, leaf in zip(rows, leaves, strict=True):
        if entry.leaf != leaf:
            raise ValueError("an entry that is not that of its leaf")
        if parsed:
            strict.parse_object(entry.body.encode())
    edge, _ = Edge().grow([leaf_hash(leaf) for leaf in leaves])
    return edge.size


def decided(scene: Scene, *, facts: bool) -> int:
    """Every decision of the scene again. Raises where one is not as it was."""
    for entry in scene.entries:
        found = judge(entry, scene.house, None, scene.now)
        if not found.decided or found.problems or found.body is None or found.manifest is None:
            raise ValueError(f"entry {entry.index} is decided otherwise")
        if facts and not regather(entry.index, found.body, found.manifest, scene.view, scene.house).same:
            raise ValueError(f"the facts of entry {entry.index} are others")
    return len(scene.entries)


def _pages(entries: list[Entry]) -> tuple[bytes, ...]:
    rows = [{"index": at, "body": one.body, "manifest": one.manifest} for at, one in enumerate(entries)]
    half = len(rows) // 2
    return tuple(json.dumps({"entries": some}).encode() for some in (rows[:half], rows[half:]))


def _signed(scene: Scene) -> Callable[[], object]:
    """Bare verifications of the signatures in the scene."""
    rows = []
    for entry in scene.entries:
        covered, _, signature = (entry.manifest or "").rpartition(".")
        key, _ = scene.house.directory.recorded_key(jws.parse(entry.manifest or "", MANIFEST_TYP).kid)
        rows.append((key, strict.decode_base64url(signature), covered.encode()))

    def verify() -> None:
        for key, signature, data in rows:
            key.verify_bytes(signature, data)

    return verify


def measured(scene: Scene, rounds: int) -> dict[str, Any]:
    """Each ratio with its spread: median, least and most over the rounds."""
    many = list(islice(cycle(scene.entries), MANY))
    bodies = [one.body.encode() for one in many]
    pages, leaves = _pages(many), tuple(body_leaf(body) for body in bodies)
    timings = measure(
        {
            "hash": lambda: [leaf_hash(body_leaf(body)) for body in bodies],
            "verify": lambda: verified(pages, leaves),
            "seen": lambda: verified(pages, leaves, parsed=False),
            "ed25519": _signed(scene),
            "replay": lambda: decided(scene, facts=True),
            "decide": lambda: decided(scene, facts=False),
        },
        rounds,
    )
    few = len(scene.entries)
    return {
        "B8": _row("B8", timings, ("verify", MANY), ("hash", MANY)),
        "B8s": _row("B8s", timings, ("seen", MANY), ("hash", MANY)),
        "B8r": _row("B8r", timings, ("replay", few), ("ed25519", few)),
        "B8d": _row("B8d", timings, ("decide", few), ("ed25519", few)),
    }


def _row(name: str, timings: Mapping[str, Timing], one: tuple[str, int], bare: tuple[str, int]) -> dict[str, Any]:
    mine, under = timings[one[0]].per_second, timings[bare[0]].per_second
    return {
        "what": WHAT[name],
        "ratio": float(f"{mine.median * one[1] / (under.median * bare[1]):.3g}"),
        "least": float(f"{mine.least * one[1] / (under.most * bare[1]):.3g}"),
        "most": float(f"{mine.most * one[1] / (under.least * bare[1]):.3g}"),
        "aim": AIMS.get(name),
        "per_second": round(mine.median * one[1]),
        "bare_per_second": round(under.median * bare[1]),
    }
