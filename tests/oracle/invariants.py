"""What must hold of every message that the kernel allows, read off the message itself (data-model.md 8.11).

The tables are those of the oracle; the message is looked at as a foreigner would, not as the walk made it.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import LEVELS, CeilingItem, Item
from schemas.facts import Facts
from schemas.manifest import Manifest
from tests.oracle.agreed import Tables
from tests.oracle.parties import basis_of, regime_of
from tests.oracle.verdict import HOUSE, NO_GROUND, opened

NEVER_ABOUT_A_RELATION = frozenset(
    {
        "woonsituatie",
        "financiele_gegevens",
        "relaties",
        "justitiele_gegevens",
        "tenuitvoerleggingsgegevens",
    }
)
"""8.11 (4), in its own words."""
POLICE_DATA = frozenset({"politiegegevens_art8", "politiegegevens_art13"})


class Invariants:
    """Breaches of an allowed message, as sentences; none is what must be."""

    def __init__(self, tables: Tables) -> None:
        self._persons = {key[:2] for key in tables.settled["categories"]}
        self._ceilings = tables.settled["ceilings"]
        self._provides = set(tables.settled["providers"])
        self._forbidden = {_bare(key[0]) for key in tables.settled["forbidden"]}

    def breaches(self, manifest: Manifest, facts: Facts) -> list[str]:
        """Everything that is wrong with it."""
        case = facts.case
        party = case.acting_for if case else None
        acting_for = party.function if party else NO_GROUND
        found = [
            f"{address} has no capacity to receive"
            for address in manifest.to
            if (acting_for if address.function == HOUSE else address.function) == NO_GROUND
        ]
        for item in manifest.items:
            giver = item.origin.party if isinstance(item, Item) else manifest.sender
            provider = acting_for if giver.function == HOUSE else giver.function
            found += self._of_item(manifest, item, provider)
            ground = manifest.grounds[item.ground]
            if ground.basis != basis_of(provider, item.category):
                found.append(f"{item.category} of {provider} on {ground.basis}")
            if item.regime != regime_of(provider):
                found.append(f"{item.category} of {provider} under {item.regime}")
            whose = party if giver.function == HOUSE else giver
            decrees = {row.id for fact in facts.parties if fact.address == whose for row in fact.decrees}
            if regime_of(provider) == "wpg" and ground.decree not in decrees:
                found.append("police data without a decree on record")  # 8.11 (5)
        return found

    def _of_item(self, manifest: Manifest, item: Item | CeilingItem, provider: str) -> Iterator[str]:
        category, person = str(item.category), str(item.subject_category)
        names = {field.path[1:] for field in item.fields} if isinstance(item, Item) else {p[1:] for p in item.fields}
        if (category, person) not in self._persons:
            yield f"{category} about {person} stands not in Bijlage 4"
        if (category, provider) not in self._provides:
            yield f"{provider} does not provide {category}"
        if category in POLICE_DATA and provider != "politie":
            yield f"{category} from {provider}"  # 8.11 (5)
        if person == "directe_relatie" and category in NEVER_ABOUT_A_RELATION:
            yield f"{category} about a relation"
        if person == "directe_relatie" and category == "toezicht_handhaving" and "directe_relatie_met" not in names:
            yield "supervision of a relation without whose relation it is"
        if {_bare(name) for name in names} & self._forbidden:
            yield "a field with a forbidden name"  # 8.11 (2)
        cell = self._ceilings.get((str(manifest.phase), str(manifest.kind), category, person))
        if cell is None:
            yield f"{category} about {person} has no ceiling here"
            return
        level, providers, purposes, fields = opened(cell)
        if LEVELS.index(item.level) > LEVELS.index(level):
            yield f"{category} at {item.level} above {level}"  # 8.11 (1)
        if not names <= fields:
            yield f"{category} with fields that are not open: {sorted(names - fields)}"
        if provider not in providers or manifest.purpose not in purposes:
            yield f"{category} from {provider} for {manifest.purpose}"


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
