"""That persons of a case were told that their data are shared, or until when that waits (16.1, 16.2, 16.6).

Decides only to whom the message goes: a notifier or asked party tells the house. The ground of a deferral stays in the
provider's own register and never travels.
"""

from __future__ import annotations

from connectors import UseError
from connectors.desk import naming
from connectors.exchanges import outgoing
from connectors.exchanges.drafting import Frame, draft
from connectors.exchanges.notifying import Told
from connectors.exchanges.outgoing import Outcome
from connectors.exchanges.workplace import Workplace
from schemas.acts import Informed
from schemas.ids import Address, CaseRef, SubjectRef


async def inform(
    place: Workplace, case: CaseRef, sender: Address, subjects: tuple[SubjectRef, ...], told: Told
) -> Outcome:
    """Tell the house. Raises :class:`UseError` at the house itself, or where nothing is said."""
    if place.directs:
        raise UseError("wie gegevens aanlevert informeert; het huis doet dit niet namens een partij")
    if told.recheck is None and (told.at is None or told.how is None):
        raise UseError("geef --at en --how, of --recheck met de dag waarop opnieuw wordt gekeken")
    row = await naming.find_case(place, case)
    members = (
        {"subjects": subjects, "deferred": True, "recheck": told.recheck}
        if told.recheck is not None
        else {"subjects": subjects, "at": told.at, "how": told.how}
    )
    frame = Frame(
        kind="geinformeerd",
        sender=sender,
        to=(place.house_address,),
        case=case,
        phase=row.phase,
        act=Informed.model_validate(members),
    )
    return await outgoing.send(place, draft(place, frame, place.clock()))
