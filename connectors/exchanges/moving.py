"""What a phase decision does here: kept items go along, all else and the old keys are destroyed (ledger-and-keys.md).

Run after every decision and at every start; doing it again changes nothing. At the house an item is kept when it is
needed (the decision names it, for a purpose) *and* its provider agreed to that purpose in the new phase; a party keeps
its own items that the decision names. A decision that keeps the phase moves nothing and destroys nothing (B2-out).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog

from connectors.casefiles import erasure
from connectors.casefiles.dossier import carry
from connectors.casefiles.keyring import reply_name
from connectors.casefiles.store import ErasureReceipt, items_of
from connectors.database import Transaction
from connectors.exchanges import queries, store
from connectors.exchanges.rows import CaseRow, KnownRow
from connectors.exchanges.workplace import Workplace
from schemas.acts import Agreement, PhaseDecision
from schemas.content import Item
from schemas.ids import Address, CaseRef, ItemRef, MessageId
from schemas.pack import Pack

log = structlog.get_logger(__name__)
STILL_OPENS = "sleutel_niet_vernietigd"


async def take_decisions(place: Workplace, case: CaseRef) -> None:
    """Bring the case file in line with the phase that the case is in."""
    async with place.keyring.turn(case):
        while not await _take(place, case):
            pass


async def _take(place: Workplace, case: CaseRef) -> bool:
    now = place.clock()
    # Keys go by name: what is still to go must be gone before a key of that name is handed out for a new phase.
    await tell_of(place, await erasure.carry_out(place.database, place.keyring, now))
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
        keys = await queries.case_keys(tx, case)
    if row is None:
        return True
    closed = [key.kid for key in keys if key.phase != row.phase and key.erased is None]
    fresh = await place.keyring.open_file(case, row.phase)
    async with place.database.begin() as tx:
        current = await queries.case_row(tx, case)
        if current is None or current.phase != row.phase:
            return False  # a message moved it meanwhile: what is of its new phase is not to be taken for over
        dropped = await _carry(tx, place, row, fresh)
    receipt = await erasure.settle(place.database, place.keyring, case, row.phase, closed, dropped, now)
    await tell_of(place, [receipt] if receipt else ())
    return True


async def tell_of(place: Workplace, receipts: Sequence[ErasureReceipt]) -> None:
    """A canary that still opens is the one thing about an erasure that a person must hear of."""
    for receipt in receipts:
        if receipt.singing:
            log.error("erased_key_still_opens", case=receipt.case, keys=len(receipt.singing))
            async with place.database.begin() as tx:
                await store.add_finding(tx, place.clock(), None, STILL_OPENS)


async def _carry(tx: Transaction, place: Workplace, row: CaseRow, fresh: bytes) -> int:
    """Keep and drop items and questions for the phase of ``row``; how many items were dropped."""
    decision = await _decision(tx, place, row)
    agreements = await queries.messages_of(tx, row.case, "akkoord")
    earlier = [one for one in await items_of(tx, row.case) if one.phase != row.phase]
    items = [(one.item, Item.model_validate_json(one.codes)) for one in earlier]
    kept = {ref for ref, item in items if decision and _kept(place, decision, agreements, ref, item)}
    dropped = await carry(tx, place.keyring, row.case, row.phase, kept, fresh=fresh)
    await store.overtake_questions(tx, row.case, row.phase)
    return dropped


async def _decision(tx: Transaction, place: Workplace, row: CaseRow) -> KnownRow | None:
    """The last decision by which the house went to the phase of ``row``: nobody else decides that."""
    found = None
    for known in await queries.messages_of(tx, row.case, "fase_besluit"):
        act = known.source.manifest.act
        if isinstance(act, PhaseDecision) and act.old != act.new == row.phase and known.sender == place.house_address:
            found = known
    return found


def _kept(place: Workplace, decision: KnownRow, agreements: Sequence[KnownRow], ref: ItemRef, item: Item) -> bool:
    act, refs = decision.source.manifest.act, {ref, item.origin.item}
    needed = isinstance(act, PhaseDecision) and not refs.isdisjoint(act.keep)
    return needed and (not place.directs or _agreed(place, decision, agreements, refs, item.origin.party))


def _agreed(
    place: Workplace,
    decision: KnownRow,
    agreements: Sequence[KnownRow],
    refs: Collection[ItemRef],
    provider: Address,
) -> bool:
    """Whether the provider agreed to a use in the new phase for a purpose for which the item is kept, by a holder for
    whom it did not take that back since, that had not ended when the house decided (3.5b, c). In the ledger's order."""
    act = decision.source.manifest.act
    if not isinstance(act, PhaseDecision):
        return False
    phase, pack = act.new, place.house.packs[decision.source.manifest.pack]
    live: set[tuple[str, str]] = set()
    for row in agreements:
        said = row.source.manifest.act
        if row.sender != provider or not isinstance(said, Agreement) or said.use.phase != phase:
            continue
        if all(one.item not in refs for one in said.items):
            continue
        if said.decision != "akkoord":
            live = {(purpose, one) for purpose, one in live if purpose != said.use.purpose or not _same(one, said)}
        elif row.time <= decision.time < said.until:
            live.add((said.use.purpose, said.use.holder))
    return any(_counts_as(pack, purpose, needed) for purpose, _ in live for needed in act.keep_for)


def _counts_as(pack: Pack, one: str, other: str) -> bool:
    """Whether two purposes are the same, or of one group that the pack counts as one (3.5b)."""
    groups = [row.counts_as for row in (pack.purpose.get(one), pack.purpose.get(other)) if row]
    return one == other or (len(groups) == 2 and groups[0] is not None and groups[0] == groups[1])


def _same(holder: str, said: Agreement) -> bool:
    """Whether a holder, an address or a function, can be the one of whom something is said."""
    other = str(said.use.holder)
    return holder == other or holder.partition(":")[2] == other or other.partition(":")[2] == holder


async def forget_reply(place: Workplace, answer: MessageId) -> None:
    """Findings about an answer came: its one-time key has done its work."""
    if place.keyring.reply(answer) is not None:
        await place.keyring.erase([reply_name(answer)])


async def finish_erasures(place: Workplace) -> None:
    """Destroy what was written down to be destroyed, and again what an older copy of the keystore brought back. At a
    start before anything is filed: a key that is to go is not for filing under."""
    await tell_of(place, await erasure.carry_out(place.database, place.keyring, place.clock()))
    await tell_of(place, await erasure.repeat(place.database, place.keyring, place.clock()))
    async with place.keyring.erasing, place.database.begin() as tx:  # an older copy: its key went, the phase goes on
        place.keyring.reopen([(row.case, row.phase) for row in await queries.cases(tx)])


async def recover(place: Workplace) -> int:
    """Finish what a crash or a failing keystore left: erasures that were written down, phases that are over, one-time
    keys whose findings came. And destroy again what an older copy of the keystore brought back."""
    await finish_erasures(place)
    cases = await unsettled(place)
    for case in cases:
        await take_decisions(place, case)
    for answer in place.keyring.replies():
        async with place.database.begin() as tx:
            receipts = await queries.replies(tx, answer, "ontvangst")
        if any(row.way == "in" for row in receipts):
            await forget_reply(place, answer)
    return len(cases)


async def unsettled(place: Workplace) -> tuple[CaseRef, ...]:
    """Cases of which keys or items of a phase that is over are still here: a crash came between."""
    async with place.database.begin() as tx:
        found = set(await queries.unsettled_cases(tx))
        phases = {row.case: row.phase for row in await queries.cases(tx)}
    for case, held in place.keyring.file_phases().items():
        if case in phases and held - {phases[case]}:
            found.add(case)
    return tuple(sorted(found))
