"""The procesregisseur decides: what becomes of a notification, and in which phase a case goes on (1.18-1.21, B2-out).

Decides nothing by itself; makes the messages, and after a phase decision was accepted publishes the house's key of the
new phase to the notifier. What is kept, re-wrapped and destroyed is :mod:`connectors.exchanges.moving`; doing nothing
drops.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from connectors import UseError
from connectors.exchanges import keys_of_cases, outgoing, queries
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.outgoing import NotSent, Outcome, Sent
from connectors.exchanges.rows import CaseRow
from connectors.exchanges.workplace import Workplace
from schemas.acts import IntakeDecision, PhaseDecision
from schemas.ids import CaseRef, ItemRef, Term


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
    """What becomes of the notification; the notifier hears it. The phase changes with :func:`move`."""
    row = await _case(place, case)
    async with place.database.begin() as tx:
        notifications = await queries.messages_of(tx, case, "aanmelding")
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


async def move(place: Workplace, case: CaseRef, new: str, reason: str, keep: Collection[ItemRef] = ()) -> Outcome:
    """To another phase, with the items of ``keep``, as far as their providers agreed; all else is destroyed."""
    row = await _case(place, case)
    now = place.clock()
    pack = place.house.pack_at(now)
    end = new in pack.phase and pack.phase[Term(new)].end
    act = PhaseDecision(
        decision=Term(new if end else f"in_{new}"),
        old=Term(row.phase),
        new=Term(new),
        decided_on=now.date(),
        reason=Term(reason),
        keep=tuple(keep),
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
    outcome = await outgoing.send(place, draft(place, frame, now))
    if isinstance(outcome, Sent) and not end:
        await publish(place, case, new)
    return outcome


async def publish(place: Workplace, case: CaseRef, phase: str) -> Outcome:
    """The house's key of a phase, to the notifier."""
    row = await _case(place, case)
    prepared = await keys_of_cases.publication(place, case, phase, place.house_address, row.notifier)
    if isinstance(prepared, NotSent):
        return prepared
    async with place.database.begin() as tx:
        await outgoing.post(tx, place, prepared)
    return await outgoing.hand_in(place, prepared.manifest.id)
