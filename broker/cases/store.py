"""A case as one of its participants may see it: phase, the rows of the roster about itself, live keys to seal to.

The view is gathered by the one constructor of facts (:mod:`schemas.gathering`), as if a message went from the house to
the caller and one from the caller to the house; so nobody sees more here than messages would tell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import Field

from broker.cases.queries import read_sources
from broker.database import Database
from broker.ledger.append import new_identity
from schemas.acts import Empty, Start
from schemas.facts import CaseFact, KeyFact, RosterFact
from schemas.gathering import Source, gather
from schemas.ids import Address, CaseRef, HouseId, Instant, Oin, Term
from schemas.manifest import Manifest
from schemas.members import Members
from schemas.records import Frozen

_KIND: Final = Term("sleutel_verzoek")


class CaseView(Frozen):
    """A case, as far as it concerns the caller."""

    case: Annotated[CaseRef, Field(description="De casus.")]
    phase: Annotated[Term, Field(description="De fase.")]
    phase_since: Annotated[Instant, Field(description="Sinds wanneer.")]
    opened: Annotated[Instant, Field(description="Wanneer de casus begon.")]
    notifier: Annotated[Address, Field(description="De melder.")]
    acting_for: Annotated[Address, Field(description="Namens wie het huis handelt.")]
    casusregie: Annotated[Address | None, Field(description="Wie de casus regisseert, als dat is besloten.")]
    roster: Annotated[tuple[RosterFact, ...], Field(description="Melder, huis, en de eigen adressen.")]
    keys: Annotated[tuple[KeyFact, ...], Field(description="Levende sleutels van het huis en van uzelf.")]


class Cases:
    """Reads, and writes nothing."""

    def __init__(
        self, database: Database, members: Callable[[HouseId], Awaitable[Members]], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._members = members
        self._clock = clock

    async def case_view(self, house: HouseId, case: CaseRef, oin: Oin) -> CaseView | None:
        """The case for a participant; None where there is no such case, or the party takes no part in it."""
        members = await self._members(house)
        own = tuple(sorted(address for address in members.parties if address.oin == oin))
        if not own:
            return None
        async with self._database.connection() as connection:
            held = (await read_sources(connection, str(house), [str(case)]))[str(case)]
        facts = [self._seen(members, [one.source for one in held], case, address) for address in own]
        seen = [fact for fact in facts if fact is not None]
        if not any(row.address in own for fact in seen for row in fact.roster):
            return None
        return CaseView(
            **{name: getattr(seen[0], name) for name in ("case", "phase", "phase_since", "opened")},
            notifier=seen[0].notifier,
            acting_for=seen[0].acting_for,
            casusregie=seen[0].casusregie,
            roster=tuple(dict.fromkeys(row for fact in seen for row in fact.roster)),
            keys=tuple(dict.fromkeys(key for fact in seen for key in fact.keys)),
        )

    def _seen(self, members: Members, sources: list[Source], case: CaseRef, address: Address) -> CaseFact | None:
        """What a message between the house and ``address`` would know of the case, both ways."""
        house = members.house_address
        notifier = (source.manifest.sender for source in sources if isinstance(source.manifest.act, Start))
        other = next(notifier, house)
        there = address if address != house else other
        ways = [(house, there), (there, house)] if there != house else []
        found = [gather(members, sources, self._message(members, case, *way)).facts.case for way in ways]
        facts = [fact for fact in found if fact is not None]
        if not facts:
            return None
        keys = tuple(dict.fromkeys(key for fact in facts for key in fact.keys))
        roster = facts[0].roster
        if address == house:  # the notifier stood in only to have somebody to write to
            keys = tuple(key for key in keys if key.address == house)
        return facts[0].model_copy(update={"keys": keys, "roster": roster})

    def _message(self, members: Members, case: CaseRef, sender: Address, to: Address) -> Manifest:
        now = self._clock().replace(microsecond=0)
        return Manifest(
            profile="keten-1",
            id=new_identity().entry,
            kind=_KIND,
            house=members.house,
            pack=members.packs[-1].digest,
            case=case,
            sender=sender,
            to=(to,),
            created=now,
            expires=now + timedelta(seconds=1),
            act=Empty(),
        )
