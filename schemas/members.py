"""Who belongs to a house, in which functions, with which decrees and packs: the ``0x02`` records folded into facts.

Whether a record is signed by those who may is decided before, by :mod:`keys.identity`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.facts import HOUSE_FUNCTION, DecreeFact, PackFact, PartyFact
from schemas.ids import Address, HouseId, Oin
from schemas.records import Accession, Declared, Decree, Exit, Genesis, PackDecision, Prepared, Record


@dataclass(frozen=True)
class Members:
    """The house as its records say it; made once per directory."""

    house: HouseId
    house_address: Address
    parties: Mapping[Address, PartyFact]
    packs: tuple[PackFact, ...]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Members:
        """Fold verified records, in ledger order. The first is the genesis, else ``ValueError``."""
        genesis, parties, packs, decrees = _fold_records(records)
        with_decrees = {
            address: party.model_copy(update={"decrees": tuple(decrees.get(address.oin, ()))})
            for address, party in parties.items()
        }
        return cls(genesis.house, house_address(genesis), with_decrees, packs)


def house_address(genesis: Genesis) -> Address:
    """The address of the house's own connector."""
    return Address(f"{genesis.oin}:{HOUSE_FUNCTION}")


def _end(
    parties: Mapping[Address, PartyFact], oin: Oin, at: datetime, keep: Address | None = None
) -> dict[Address, PartyFact]:
    """The addresses of a party, out from ``at`` on if they are not before."""
    own = [fact for address, fact in parties.items() if address.oin == oin and address != keep]
    return {fact.address: fact.model_copy(update={"left": min(at, fact.left or at)}) for fact in own}


def _declared(record: Declared) -> dict[str, Any]:
    """What a record says of secrecy and screening (13.1-13.3)."""
    return {"declared": record.declared, "screened": record.screened}


def _prepared(record: Prepared) -> dict[str, Any]:
    """What a record says of what came before its pack (15, 28)."""
    return {"dpia": record.dpia, "consulted": record.consulted, "decision": record.decision}


def _fold_records(
    records: Iterable[Record],
) -> tuple[Genesis, dict[Address, PartyFact], tuple[PackFact, ...], dict[str, list[DecreeFact]]]:
    rows = list(records)
    if not rows or not isinstance(rows[0], Genesis):
        raise ValueError("the first record of a house is its genesis")
    genesis = rows[0]
    house = house_address(genesis)
    parties = {house: PartyFact(address=house, since=genesis.created, **_declared(genesis))}
    packs: tuple[PackFact, ...] = (PackFact(digest=genesis.pack, since=genesis.created, **_prepared(genesis)),)
    decrees: dict[str, list[DecreeFact]] = {}
    for record in rows[1:]:
        if isinstance(record, Accession):
            # It takes the place of the one before: what it does not name ends when it begins.
            parties |= _end(parties, record.oin, record.since, keep=house)
            declared = _declared(record)
            if record.oin == house.oin:
                # The house's own people were screened once more: without this its door would close for good (13.3).
                parties[house] = parties[house].model_copy(update=declared)
            for grant in record.addresses:
                address = Address(f"{record.oin}:{grant.function}")
                named = grant.model_dump(exclude={"function", "suite"})  # how it is sealed is no fact of the protocol
                parties[address] = PartyFact(address=address, since=record.since, **named, **declared)
        elif isinstance(record, Exit):
            parties |= _end(parties, record.oin, record.since)
        elif isinstance(record, PackDecision):
            closed = tuple(row if row.until else row.model_copy(update={"until": record.since}) for row in packs)
            packs = (*closed, PackFact(digest=record.pack, since=record.since, **_prepared(record)))
        elif isinstance(record, Decree):
            fact = DecreeFact(id=record.id, basis=record.basis, since=record.since, until=record.until)
            decrees.setdefault(record.oin, []).append(fact)
    return genesis, parties, packs, decrees
