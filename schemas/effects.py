"""What an allowed message changes, read off its act: ids and codes, for tables and for who looks over a decision.

Facts do not come from here but from the messages themselves (:mod:`schemas.gathering`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from schemas import acts
from schemas.lifecycle import JOINING_KIND, OPENING_KIND
from schemas.rules.matter import Matter


@dataclass(frozen=True)
class Effect:
    """What an allowed message changes: ``what`` and its value (ids and codes)."""

    what: str
    value: str = ""


def _phase(act: acts.PhaseDecision) -> Iterator[tuple[str, str]]:
    """A decision from a phase to itself is one that is recorded, and moves nothing (B2-out)."""
    yield ("fase", act.new) if act.new != act.old else ("besluit", act.decision)
    if act.casusregie:
        yield "casusregie", act.casusregie


def _withdrawal(act: acts.Withdrawal) -> Iterator[tuple[str, str]]:
    yield "toestemming_ingetrokken", act.consent
    yield from (("gestopt", origin.item) for origin in act.items)


_READ: dict[type[object], Callable[[Any], Any]] = {
    acts.Keys: lambda act: (("sleutel", key.kid) for key in act.keys),
    acts.PhaseDecision: _phase,
    acts.Receipt: lambda act: (("ontvangen", act.of),),
    acts.Informed: lambda act: (("geinformeerd", subject) for subject in act.subjects),
    acts.AgreementRequest: lambda act: (("akkoord_gevraagd", origin.item) for origin in act.items),
    acts.Agreement: lambda act: ((act.decision, agreed.item) for agreed in act.items),
    acts.Invitation: lambda act: (("deelnemer", address) for address in act.admit),
    acts.Departure: lambda act: (("deelname_beeindigd", address) for address in act.remove),
    acts.Withdrawal: _withdrawal,
    acts.Correction: lambda act: (("gestopt", origin.item) for origin in act.items),
    acts.Restriction: lambda act: (("beperkt", origin.item) for origin in act.items),
    acts.RestrictionEnd: lambda act: (("beperking_beeindigd", origin.item) for origin in act.items),
    acts.Permission: lambda act: (("doorverstrekking", act.holder),),
    acts.ErasureOrder: lambda act: (("te_vernietigen", name) for name in act.ids),
    acts.Erased: lambda act: (("vernietigd", name) for name in act.ids),
    acts.TermDecision: lambda act: (("termijn", act.scope),),
}
"""What follows from each act, as pairs; from one that is not here follows nothing."""


def effects_of(matter: Matter) -> tuple[Effect, ...]:
    """What follows from an allowed message."""
    manifest, act = matter.manifest, matter.manifest.act
    if manifest.kind == OPENING_KIND:
        return (Effect("casus_geopend", manifest.case or ""),)
    if manifest.kind == JOINING_KIND and matter.from_house:
        return tuple(Effect("toegevoegd", address) for address in manifest.to)
    read = _READ.get(type(act))
    return tuple(Effect(what, str(value)) for what, value in read(act)) if read else ()
