"""The audit: is the log that the broker serves whole, unchanged, decided as agreed, and is all of mine in it.

Trusts the genesis (its digest was typed in), the connector's own register and the largest tree that it held; believes
nothing that it fetches. Names what it could not check. The steps: checkpoint; own entries, each judged from its bytes
(:mod:`connectors.proofs.replay`) and its facts gathered again (:mod:`connectors.proofs.regathering`); the tree from
the leaves (:mod:`connectors.proofs.leaves`); the own register (:mod:`connectors.proofs.comparing`). After each page
and each chunk what was done is kept, so that nothing is done twice, whatever ends the process.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors import LinkTooMuchError
from connectors.proofs import comparing, leaves
from connectors.proofs.course import Course
from connectors.proofs.given import Own, Served
from connectors.proofs.leaves import Chunk, Edge, Fetch
from connectors.proofs.pages import PAGE, read_page
from connectors.proofs.queries import KnownText, Register
from connectors.proofs.regathering import CaseView, regather
from connectors.proofs.replay import Entry, House, judge
from connectors.proofs.report import MOST_PROBLEMS, Problem, Report, Unchecked
from connectors.proofs.store import AuditStore, EntryRow
from keys import ProofError, checkpoint, jws
from keys.checkpoint import Checkpoint
from keys.identity import record_bytes
from keys.merkle import record_leaf
from schemas import strict
from schemas.canonical import digest_text
from schemas.envelope import parse_manifest
from schemas.gathering import Source
from schemas.ids import Digest, format_instant
from schemas.manifest import MANIFEST_TYP, Manifest
from schemas.records import PartyKey, SignedRecord

Progress = Callable[[str, int, int], None]
"""What is being done, how many of it, of how many."""
Tree = tuple[int, bytes]
"""Size and root."""
MOST_CASES = 200
"""Whose messages are kept at hand."""
_RECORD = b"\x02"
_BODY = b"\x01"


@dataclass
class _Cases:
    """The cases that entries are judged in, read from the own register when they are first met."""

    register: Register
    store: AuditStore
    views: dict[str, CaseView] = field(default_factory=dict)

    async def get(self, case: str) -> CaseView:
        if case not in self.views:
            view = self.views[case] = CaseView()
            for text in await self.register.of_case(case):
                _place(view, text)
            view.numbers = await self.store.numbers(case)
        return self.views[case]

    def trim(self) -> None:
        """Between two pages: all that these views held is kept by now."""
        if len(self.views) > MOST_CASES:
            self.views.clear()


def _place(view: CaseView, text: KnownText) -> None:
    if text.index is None:
        view.unplaced = view.unplaced or text.way != "out"
        return
    view.add(text.index, Source(_manifest(text.manifest), text.sha256, text.time))
    if text.way == "in":
        view.delivered.add(text.sha256)


def _manifest(text: str) -> Manifest:
    """Of the own register: it was verified when it was stored."""
    return parse_manifest(jws.parse(text, MANIFEST_TYP).payload)


async def audit(served: Served, own: Own, store: AuditStore, now: datetime, progress: Progress) -> Report:
    """The whole audit. Raises :class:`LinkError` where the broker is away: that is no finding, and it can go on."""
    genesis = served.house.directory.genesis
    course, verified, walked = await store.begin()
    found = list(served.problems)
    try:
        head = checkpoint.verify(served.checkpoint, served.house.directory.log_key, genesis.origin)
    except ProofError:
        await store.keep_course(replace(course, finished=True), [*found, Problem("controlepunt_ongeldig")])
        return await _report(served, own, store, course, Checkpoint(genesis.origin, 0, b""), 0, now)
    found += _own_keys(served, own)
    if head.size > leaves.MOST_LEAVES:
        await store.keep_course(replace(course, finished=True), [*found, Problem("logboek_te_groot", head.size)])
        return await _report(served, own, store, course, Checkpoint(genesis.origin, 0, b""), 0, now)
    begun, course = course.tree, await _about(store, course, head)
    await store.keep_course(course, found)
    course = await _judge_entries(served, own, store, course, head, now, progress)
    whole = await _walk(served, own, store, course, head, (verified, walked, begun), progress)
    problems, unchecked = await comparing.compare(own, served, store, course, now, whole=whole)
    course = replace(course, finished=True)
    await store.keep_course(course, problems)
    return await _report(served, own, store, course, head, verified.size, now, unchecked)


async def _about(store: AuditStore, course: Course, head: Checkpoint) -> Course:
    """The course, about this tree from here on. Of a shorter one than it was about no entry was seen yet; and a place
    that its tree did not have is none to go on from."""
    about = replace(course, size=head.size, root=base64.b64encode(head.root).decode("ascii"))
    if head.size < course.size or course.cursor >= course.size:
        about = replace(about, cursor=-1)
        await store.restart(about)
    return about


async def _report(
    served: Served,
    own: Own,
    store: AuditStore,
    course: Course,
    head: Checkpoint,
    since: int,
    now: datetime,
    unchecked: Mapping[str, int] | None = None,
) -> Report:
    entries, decided, gathered, many = await store.counted(course.run)
    for code, count in (unchecked or {}).items():
        many[code] = many.get(code, 0) + count
    problems, total = await store.problems(MOST_PROBLEMS)
    return Report(
        origin=head.origin,
        house=str(served.house.directory.house),
        at=now,
        size=head.size,
        root=base64.b64encode(head.root).decode("ascii"),
        held=own.held.size if own.held else 0,
        since=min(since, head.size),
        records=sum(index < head.size for index in served.records),
        own_entries=entries,
        replayed=decided,
        gathered=gathered,
        register=sum(one.way != "seen" for one in own.messages),
        problems=problems,
        more=total - len(problems),
        unchecked=tuple(Unchecked(code, count) for code, count in sorted(many.items()) if count),
    )


def _own_keys(served: Served, own: Own) -> Iterator[Problem]:
    """Keys under the own OIN in the log that are not of this party: the root was used by somebody else."""
    records = [record for record, _ in served.house.records]
    for record in records:
        if isinstance(record, PartyKey) and served.house.mine(record.address) and own.keys is not None:
            kid = comparing.kid_of(record)
            if kid not in own.keys:
                yield Problem("sleutel_niet_van_ons", what=kid)


# ------------------------------------------------------------------------------------------------------ own entries


async def _judge_entries(
    served: Served, own: Own, store: AuditStore, course: Course, head: Checkpoint, now: datetime, progress: Progress
) -> Course:
    """Every entry that the broker serves me under this checkpoint, from the last one that was judged."""
    cases = _Cases(own.register, store)
    copies = {row.sha256: row.manifest for row in own.messages if row.manifest}
    many = PAGE
    while True:
        try:
            data = await served.entries(course.cursor, many)
        except LinkTooMuchError:
            if many == 1:
                raise
            many //= 2
            continue
        page, problems = read_page(data, course.cursor, head.size)
        if not page:
            await store.keep_course(course, problems)
            return course
        known = await store.entries([entry.index for entry in page])
        same = {one.index for one in page if _same(one, known.get(one.index))}
        rows: list[EntryRow] = []
        for entry in page:
            if entry.index not in same:
                row, more = await _judged(entry, served, copies, cases, now)
                rows.append(_proven(row, known.get(row.idx)))
                problems += more
        course = replace(course, cursor=page[-1].index)
        await store.keep_entries(course, rows, problems)
        await store.keep_seen(course, same)
        cases.trim()
        progress("eigen vermeldingen", course.cursor + 1, head.size)


def _same(entry: Entry, row: EntryRow | None) -> bool:
    """Whether it is as it was when nothing was wrong with it: the body, and the manifest that came along."""
    if row is None or not row.clean or row.leaf != entry.leaf:
        return False
    return row.outcome != "allowed" or (entry.manifest is not None and digest_text(entry.manifest) == row.sha256)


def _proven(row: EntryRow, before: EntryRow | None) -> EntryRow:
    """Judged anew; what was proven of the same leaf stays so."""
    if before is None:
        return row
    return replace(row, once=before.once, proven=before.proven and before.leaf == row.leaf)


async def _judged(
    entry: Entry, served: Served, copies: Mapping[Digest, str], cases: _Cases, now: datetime
) -> tuple[EntryRow, list[Problem]]:
    house = served.house
    judged = judge(entry, house, _copy(entry, copies), now)
    body, manifest = judged.body, judged.manifest
    if body is None:
        return EntryRow(entry.index, entry.leaf), list(judged.problems)
    problems, unchecked, gathered = list(judged.problems), list(judged.unchecked), False
    case = str(body.case) if body.case is not None and body.case != "unknown" else None
    if case is not None:
        view = await cases.get(case)
        if not view.count(entry.index, body.case_seq):
            problems.append(Problem("nummering_anders", entry.index))
    if manifest is not None and judged.decided and body.facts is not None:
        view = await cases.get(str(manifest.case)) if manifest.case is not None else CaseView()
        again = regather(entry.index, body, manifest, view, house)
        gathered = again.same
        problems += again.problems
        unchecked += again.unchecked
        if body.outcome == "allowed" and body.manifest_sha256 is not None:
            view.add(entry.index, Source(manifest, body.manifest_sha256, body.time))
    row = EntryRow(
        idx=entry.index,
        leaf=entry.leaf,
        decided=judged.decided,
        gathered=gathered,
        clean=not problems and not unchecked,  # what could not be looked at is looked at again
        unchecked=tuple(unchecked),
        tag=cases.store.tag(case),
        seq=body.case_seq,
        outcome=body.outcome,
        mine=_mine(manifest, body.about.sender if body.about else None, house),
        sha256=body.manifest_sha256,
        message=manifest.id if manifest else None,
        sealed=body.sealed_sha256,
        time=format_instant(body.time),
        expires=format_instant(manifest.expires) if manifest else "",
        event=body.event or "",
    )
    return row, problems


def _mine(manifest: Manifest | None, about: str | None, house: House) -> bool:
    sender = manifest.sender if manifest else about
    return sender is not None and str(sender).startswith(f"{house.party}:")


def _copy(entry: Entry, copies: Mapping[Digest, str]) -> str | None:
    """My own copy of the manifest of a refusal, found by the digest that the body claims."""
    if entry.manifest is not None or not copies:
        return None
    try:
        claimed = strict.parse_object(entry.body.encode("utf-8")).get("manifest_sha256")
    except (strict.StrictError, UnicodeEncodeError):
        return None
    return copies.get(Digest(claimed)) if isinstance(claimed, str) and claimed in copies else None


# --------------------------------------------------------------------------------------------------------- the tree


async def _walk(
    served: Served,
    own: Own,
    store: AuditStore,
    course: Course,
    head: Checkpoint,
    trees: tuple[Edge, Edge, Tree],
    progress: Progress,
) -> bool:
    """The tree to the signed root, from where it was verified before. False where the leaves break off.

    ``trees``: the one that a signed root covered, the one that an audit that was broken off had come to, and the
    signed one that it was about.
    """
    verified, edge, begun = trees
    edge = edge if edge.size <= head.size else verified
    found = await _history(served.tile, own.held, ((verified.size, verified.root), begun), edge, head)
    if found:
        # What was seen before is not in this log: only the whole of it, from the first leaf, says what is.
        edge = Edge()
    async for chunk in leaves.walk(served.tile, edge, head.size):
        more, proven = await _chunk(served, store, course, chunk)
        if chunk.problems:
            await store.keep_course(course, [*found, *more])
            await store.keep_verified(None)
            return False
        if own.held is not None and leaves.root_within(chunk, edge, own.held.size) not in {None, own.held.root}:
            found.append(Problem("logboek_gespleten", own.held.size))
        more += await leaves.compare_tiles(served.tile, leaves.whole_tiles(chunk.changed))
        edge = chunk.edge
        if found:  # a tree that leads away from what was seen is no place to go on from
            await store.keep_course(course, more)
        else:
            await store.keep_walked(edge, proven, more)
        progress("bladen", edge.size, head.size)
    if edge.root != head.root:
        past = await leaves.continues(served.tile, verified.size, verified.root, head)
        found.append(Problem("wortel_anders", head.size) if past else Problem("logboek_gespleten", verified.size))
    else:
        found += await leaves.compare_tiles(served.tile, leaves.edge_tiles(edge))
        found += await _prove(served, store, course, head)
    another = any(one.code in {"wortel_anders", "logboek_gekrompen", "logboek_gespleten"} for one in found)
    # What was verified before stays what the next audit begins with, as long as this log is not its continuation.
    await store.keep_verified(None if another else edge)
    await store.keep_course(course, found)
    return True


async def _history(
    fetch: Fetch, held: Checkpoint | None, trees: tuple[Tree, ...], edge: Edge, head: Checkpoint
) -> list[Problem]:
    """Whether this log is the continuation of the trees of earlier audits, and of what the connector held; the
    latter is seen on the way where that lies before us."""
    found = []
    seen = [tree for tree in trees if tree != (head.size, head.root)]
    if held is not None and not edge.size < held.size <= head.size:
        seen.append((held.size, held.root))
    for size, root in dict.fromkeys(seen):
        if size > head.size:
            found.append(Problem("logboek_gekrompen", head.size))
        elif not await leaves.continues(fetch, size, root, head):
            found.append(Problem("logboek_gespleten", size))
    return list(dict.fromkeys(found))


async def _chunk(served: Served, store: AuditStore, course: Course, chunk: Chunk) -> tuple[list[Problem], set[int]]:
    """The records among some leaves, and the own entries."""
    found = [*chunk.problems, *_records(chunk.first, chunk.leaves, served.records)]
    bodies = await store.between(chunk.first, chunk.first + len(chunk.leaves), course.run)
    for index, leaf in bodies.items():
        if chunk.leaves[index - chunk.first] != leaf:
            found.append(Problem("vermelding_anders", index))
    return found, set(bodies)


def _records(first: int, some: Sequence[bytes], records: Mapping[int, SignedRecord]) -> Iterator[Problem]:
    """The vouched records in the log are exactly those that are served; every other leaf is of a body."""
    for index, leaf in enumerate(some, first):
        record = records.get(index)
        if record is not None and leaf != record_leaf(record_bytes(record)):
            yield Problem("besluit_anders", index)
        elif record is None and leaf.startswith(_RECORD):
            yield Problem("besluit_verzwegen", index)
        elif record is None and (not leaf.startswith(_BODY) or len(leaf) != 33):
            yield Problem("blad_onbekend", index)


async def _prove(served: Served, store: AuditStore, course: Course, head: Checkpoint) -> list[Problem]:
    """Own entries in the part that was verified before, of which the body is new or another than it was."""
    rows = await store.unproven(head.size, course.run)
    fetch = leaves.remembering(served.tile)
    wrong = [index for index, leaf in sorted(rows.items()) if not await leaves.stands(fetch, index, leaf, head)]
    await store.keep_proven(rows.keys() - set(wrong))
    return [Problem("vermelding_anders", index) for index in wrong]
