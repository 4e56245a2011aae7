"""What a phase decision does here: kept items go along, all else and the old keys are destroyed (ledger-and-keys.md).

Run after every decision and at every start; doing it again changes nothing. At the house an item is kept when it is
needed (the decision names it) *and* its provider agreed to the new phase; a party keeps its own items that the decision
names.
"""

from __future__ import annotations

from connectors.casefiles import erasure
from connectors.casefiles.dossier import carry
from connectors.casefiles.store import items_of
from connectors.database import Transaction
from connectors.exchanges import queries, store
from connectors.exchanges.rows import CaseRow, KnownRow
from connectors.exchanges.workplace import Workplace
from schemas.acts import Agreement, PhaseDecision
from schemas.content import Item
from schemas.ids import CaseRef, ItemRef


async def take_decisions(place: Workplace, case: CaseRef) -> None:
    """Bring the case file in line with the phase that the case is in."""
    now = place.clock()
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
        keys = await queries.case_keys(tx, case)
    if row is None:
        return
    closed = [key.kid for key in keys if key.phase != row.phase and key.erased is None]
    fresh = await place.keyring.file_key(case, row.phase)
    async with place.database.begin() as tx:
        current = await queries.case_row(tx, case)
        # Meanwhile a message may have moved it: what is of its new phase is not to be taken for over.
        dropped = None if current is None or current.phase != row.phase else await _carry(tx, place, row, fresh)
    if dropped is None:
        await take_decisions(place, case)
        return
    await erasure.settle(place.database, place.keyring, case, row.phase, closed, dropped, now)
    async with place.database.begin() as tx:
        await store.mark_erased(tx, closed, now)


async def _carry(tx: Transaction, place: Workplace, row: CaseRow, fresh: bytes) -> int:
    """Keep and drop items and questions for the phase of ``row``; how many items were dropped."""
    decisions = await queries.messages_of(tx, row.case, "fase_besluit")
    keep = await _kept(place, decisions, await queries.messages_of(tx, row.case, "akkoord"), row.phase)
    items = {one.item: one.codes for one in await items_of(tx, row.case) if one.phase != row.phase}
    kept = {ref for ref, codes in items.items() if Item.model_validate_json(codes).origin.item in keep or ref in keep}
    dropped = await carry(tx, place.keyring, row.case, row.phase, kept, fresh=fresh)
    await store.overtake_questions(tx, row.case, row.phase)
    return dropped


async def unsettled(place: Workplace) -> tuple[CaseRef, ...]:
    """Cases of which keys or items of a phase that is over are still here: a crash came between."""
    async with place.database.begin() as tx:
        found = set(await queries.unsettled_cases(tx))
        phases = {row.case: row.phase for row in await queries.cases(tx)}
    for case, held in place.keyring.file_phases().items():
        if case in phases and held - {phases[case]}:
            found.add(case)
    return tuple(sorted(found))


async def _kept(
    place: Workplace, decisions: tuple[KnownRow, ...], agreements: tuple[KnownRow, ...], phase: str
) -> set[ItemRef]:
    needed: set[ItemRef] = set()
    for row in decisions:
        act = row.source.manifest.act
        if isinstance(act, PhaseDecision) and act.new == phase:
            needed = set(act.keep)
    if not place.directs:
        return needed
    agreed: set[ItemRef] = set()
    for row in agreements:
        act = row.source.manifest.act
        if isinstance(act, Agreement) and act.use.phase == phase:
            about = {one.item for one in act.items}
            agreed = agreed | about if act.decision == "akkoord" else agreed - about
    return needed & agreed
