"""The procesregisseur decides: what becomes of a notification, and in which phase a case goes on (1.18-1.21, B2-out).

Decides nothing by itself; makes the messages, and after a phase decision was accepted publishes the house's key of the
new phase to the notifier. What is kept, re-wrapped and destroyed is :mod:`connectors.exchanges.moving`; doing nothing
drops.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from connectors import UseError
from connectors.casefiles.store import items_of
from connectors.exchanges import keys_of_cases, outgoing, queries
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import NotSent, Outcome, Sent
from connectors.exchanges.rows import CaseRow
from connectors.exchanges.workplace import Workplace
from schemas.acts import Agreement, IntakeDecision, PhaseDecision
from schemas.content import Item
from schemas.ids import CaseRef, ItemRef, Term
from schemas.manifest import Manifest


async def _case(place: Workplace, case: CaseRef) -> CaseRow:
    if not place.directs:
        raise UseError("alleen de procesregisseur besluit dit, op de connector van het huis zelf")
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, case)
    if row is None:
        raise UseError("deze casus is hier niet bekend; kijk met `cases`")
    return row


async def decide_intake(
    place: Workplace, case: CaseRef, decision: Literal["in_triage", "afgewezen", "elders"], reason: str
) -> Outcome:
    """What becomes of the notification; the notifier hears it, once. The phase changes with :func:`move`."""
    row = await _case(place, case)
    async with place.database.begin() as tx:
        notifications = await queries.messages_of(tx, case, "aanmelding")
        told = [known for known in await queries.messages_of(tx, case, "aanmelding_besluit") if known.way == "out"]
    for known in told:
        said = known.source.manifest.act
        if isinstance(said, IntakeDecision) and said.decision == decision:
            return Sent(known.id)  # the phase decision did not follow yet: a person tries again
    frame = Frame(
        kind="aanmelding_besluit",
        sender=place.house_address,
        to=(row.notifier,),
        case=case,
        phase=row.phase,
        act=IntakeDecision(decision=decision, reason=Term(reason)),
        reply_to=notifications[-1].id if notifications else None,
        on_behalf_of=row.acting_for,
    )
    return await outgoing.send(place, draft(place, frame, place.clock()))


async def purposes_of(place: Workplace, case: CaseRef, new: str, keep: Collection[ItemRef]) -> tuple[Term, ...]:
    """For which purposes of the phase ``new`` the providers of these items agreed to a use that has not ended (3.5c).

    What the procesregisseur marks them necessary for unless he says otherwise; whether each agreement still counts is
    decided where the items are kept (:mod:`connectors.exchanges.moving`) and passed on (the kernel).
    """
    now, found = place.clock(), set[Term]()
    async with place.database.begin() as tx:
        rows = await queries.messages_of(tx, case, "akkoord")
        held = [Item.model_validate_json(one.codes) for one in await items_of(tx, case)]
    refs = {item.origin.item: item.origin.party for item in held if item.item in keep or item.origin.item in keep}
    for known in rows:
        act = known.source.manifest.act
        if isinstance(act, Agreement) and act.decision == "akkoord" and act.use.phase == new and now < act.until:
            found |= {act.use.purpose for one in act.items if refs.get(one.item) == known.sender}
    return tuple(sorted(found))


async def move(
    place: Workplace,
    case: CaseRef,
    new: str,
    reason: str,
    keep: Collection[ItemRef] = (),
    keep_for: Collection[Term] | None = None,
) -> Outcome:
    """To another phase, with the items of ``keep``, as far as their providers agreed; all else is destroyed.

    ``keep_for``: the purposes for which they are necessary there (3.5b); None: those of their agreements.
    """
    manifest, end = await _phase_decision(place, case, new, reason, keep, keep_for)
    outcome = await outgoing.send(place, manifest)
    if isinstance(outcome, Sent) and not end:
        await publish(place, case, new)
    return outcome


async def refused_to_move(
    place: Workplace,
    case: CaseRef,
    new: str,
    reason: str,
    keep: Collection[ItemRef] = (),
    keep_for: Collection[Term] | None = None,
) -> NotSent | None:
    """Why a move would be refused at home, before anything else of the decision goes; recorded like any refusal."""
    manifest, _ = await _phase_decision(place, case, new, reason, keep, keep_for)
    tried = await outgoing.prepare(place, manifest)
    if not isinstance(tried, NotSent):
        return None
    await outgoing.record_not_sent(place, manifest, tried)
    return tried


async def _phase_decision(
    place: Workplace, case: CaseRef, new: str, reason: str, keep: Collection[ItemRef], keep_for: Collection[Term] | None
) -> tuple[Manifest, bool]:
    """The ``fase_besluit``, and whether the case ends with it."""
    row = await _case(place, case)
    now = place.clock()
    pack = place.house.pack_at(now)
    purposes = await purposes_of(place, case, new, keep) if keep_for is None else tuple(keep_for)
    end = new in pack.phase and pack.phase[Term(new)].end
    act = PhaseDecision(
        decision=Term(new if end else f"in_{new}"),
        old=Term(row.phase),
        new=Term(new),
        decided_on=now.date(),
        reason=Term(reason),
        keep=tuple(keep),
        keep_for=tuple(purposes) if keep else (),
    )
    frame = Frame(
        kind="fase_besluit",
        sender=place.house_address,
        to=(row.notifier,),
        case=case,
        phase=row.phase,
        act=act,
        on_behalf_of=row.acting_for,
    )
    return draft(place, frame, now), end


async def publish(place: Workplace, case: CaseRef, phase: str) -> Outcome:
    """The house's key of a phase, to the notifier."""
    row = await _case(place, case)
    prepared = await keys_of_cases.publication(place, case, phase, place.house_address, row.notifier)
    if isinstance(prepared, NotSent):
        return prepared
    async with place.database.begin() as tx:
        await outgoing.post(tx, place, prepared)
    return await outgoing.hand_in(place, prepared.manifest.id)
