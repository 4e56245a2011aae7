"""The register of provisions (8): what went from whom to whom, on which ground, in codes; never a value.

A row is read off the manifest of an accepted message of a kind that the pack calls a provision; of a triage answer it
shows the ceiling, for the broker knows no more. A party sees the rows in which it takes part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictInt

from broker.database import Database
from broker.ledger.manifests import read_manifest
from broker.registers.store import read_provisions
from schemas.content import Item, Level
from schemas.ids import Address, CaseRef, FieldPath, HouseId, Instant, MessageId, Oin, PackDigest, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.records import Frozen


class Filters(Frozen):
    """Which rows; absent means all."""

    case: Annotated[CaseRef | None, Field(description="Alleen deze casus.")] = None
    kind: Annotated[Term | None, Field(description="Alleen deze soort bericht.")] = None
    since: Annotated[Instant | None, Field(description="Vanaf dit moment.")] = None
    until: Annotated[Instant | None, Field(description="Tot dit moment.")] = None
    after: Annotated[StrictInt, Field(ge=-1, description="Na deze plaats in het logboek.")] = -1
    limit: Annotated[StrictInt, Field(ge=1, le=500, description="Hoeveel ten hoogste.")] = 100


class ProvidedItem(Frozen):
    """One category about one person: which fields went, or under a ceiling could go at most."""

    subject: Annotated[SubjectRef, Field(description="De persoon, als willekeurig kenmerk.")]
    subject_category: Annotated[Term, Field(description="Categorie van personen.")]
    category: Annotated[Term, Field(description="Categorie van gegevens.")]
    level: Annotated[Level, Field(description="Niveau: B, I, S of D.")]
    regime: Annotated[Term, Field(description="Regime van de herkomst.")]
    basis: Annotated[Term, Field(description="Grondslag.")]
    fields: Annotated[tuple[FieldPath, ...], Field(description="De velden.")]


class Provision(Frozen):
    """One provision as the register shows it."""

    index: Annotated[int, Field(ge=0, description="Plaats in het logboek.")]
    entry: Annotated[MessageId, Field(description="Kenmerk van de vermelding.")]
    time: Annotated[Instant, Field(description="Tijd van de vermelding.")]
    kind: Annotated[Term, Field(description="Soort bericht.")]
    case: Annotated[CaseRef | None, Field(description="De casus.")]
    phase: Annotated[Term | None, Field(description="De fase.")]
    purpose: Annotated[Term | None, Field(description="Het doel.")]
    sender: Annotated[Address, Field(description="Wie verstrekte.")]
    to: Annotated[tuple[Address, ...], Field(description="Aan wie.")]
    on_behalf_of: Annotated[Address | None, Field(description="Namens wie.")]
    necessity: Annotated[Term | None, Field(description="Waarom het nodig was, als code.")]
    disclosure: Annotated[str | None, Field(description="Precies (exact) of ten hoogste (ceiling).")]
    items: Annotated[tuple[ProvidedItem, ...], Field(description="Wat er ging.")]


class Provisions:
    """Reads, and writes nothing."""

    def __init__(self, database: Database, packs: Mapping[PackDigest, Pack]) -> None:
        self._database = database
        self._kinds = sorted({str(kind.id) for pack in packs.values() for kind in pack.kinds if kind.registered})

    async def search(self, house: HouseId, oin: Oin, filters: Filters) -> list[Provision]:
        """The rows in which the party takes part, in order of the log."""
        kinds = [kind for kind in self._kinds if filters.kind in {None, kind}]
        async with self._database.connection() as connection:
            rows = await read_provisions(
                connection,
                str(house),
                str(oin),
                kinds,
                None if filters.case is None else str(filters.case),
                filters.since,
                filters.until,
                filters.after,
                filters.limit,
            )
        return [
            _provision(row["idx"], MessageId(row["entry"]), row["time"], read_manifest(row["manifest"])) for row in rows
        ]


def _provision(index: int, entry: MessageId, time: Instant, manifest: Manifest) -> Provision:
    return Provision(
        index=index,
        entry=entry,
        time=time,
        kind=manifest.kind,
        case=manifest.case,
        phase=manifest.phase,
        purpose=manifest.purpose,
        sender=manifest.sender,
        to=manifest.to,
        on_behalf_of=manifest.on_behalf_of,
        necessity=manifest.necessity.code if manifest.necessity else None,
        disclosure=manifest.disclosure,
        items=tuple(
            ProvidedItem(
                subject=item.subject,
                subject_category=item.subject_category,
                category=item.category,
                level=item.level,
                regime=item.regime,
                basis=manifest.grounds[item.ground].basis,
                fields=tuple(field.path for field in item.fields) if isinstance(item, Item) else item.fields,
            )
            for item in manifest.items
        ),
    )
