"""What must be on record before data go: of the pack, and of the people who will see them (13.1-13.3, 15, 28)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from schemas.rules.matter import Matter, shifted
from schemas.rules.reason import Reason, because, decides


@decides("pakket_zonder_dpia", "pakket_te_vroeg", "pakket_zonder_besluit")
def pack_prepared(matter: Matter) -> Iterator[Reason]:
    """15, 28: before a pack is in force there is a DPIA, the fgs had their term to advise, and it was decided on."""
    fact = next((row for row in matter.facts.packs if row.digest == matter.manifest.pack), None)
    if fact is None:
        return
    if not fact.dpia:
        yield because("pakket_zonder_dpia", "/pack")
    advised = timedelta(days=matter.pack.limits.consultation_days)
    if fact.consulted is None or fact.since.date() - fact.consulted < advised:
        yield because("pakket_te_vroeg", "/pack")
    if not fact.decision:
        yield because("pakket_zonder_besluit", "/pack")


@decides("geheimhouding_ontbreekt", "screening_verlopen")
def who_sees_it_is_bound(matter: Matter) -> Iterator[Reason]:
    """13.1, 13.3: nobody sees personal data without secrecy on record and a screening within the pack's term.

    Also the house: its staff each sign themselves; for a party its declaration speaks (13.2).
    """
    if not matter.carries:
        return
    oldest = shifted(matter.today, -matter.pack.limits.screening_days)
    for index, address in enumerate(matter.manifest.to):
        party = matter.party(address)
        declared, screened = (party.declared, party.screened) if party else (None, None)
        if declared is None or declared > matter.today:
            yield because("geheimhouding_ontbreekt", f"/to/{index}")
        if screened is None or not oldest <= screened <= matter.today:
            yield because("screening_verlopen", f"/to/{index}")
