"""Case, phase, purpose and time of a message (1.18-1.21, 3.4, 3.5a, 11.1, B2)."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.lifecycle import FIRST_PHASE, OPENING_KIND
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because, decides


@decides("casus_ontbreekt", "casus_bestaat", "casus_onbekend")
def one_case(matter: Matter) -> Iterator[Reason]:
    """1.18, 3.4: a case is opened once, by a notification; everything else is about a case that exists."""
    case = matter.facts.case
    if matter.manifest.case is None:
        yield because("casus_ontbreekt", "/case")
    elif matter.manifest.kind == OPENING_KIND:
        if case is not None:
            yield because("casus_bestaat", "/case")
    elif case is None or case.case != matter.manifest.case:
        yield because("casus_onbekend", "/case")


@decides("fase_ontbreekt", "fase_onbekend", "fase_onjuist", "soort_niet_in_fase")
def right_phase(matter: Matter) -> Iterator[Reason]:
    """3.4, 3.5a: a message is of the phase that its case is in, and its kind belongs there."""
    phase, case = matter.manifest.phase, matter.facts.case
    if phase is None:
        yield because("fase_ontbreekt", "/phase")
        return
    if phase not in matter.pack.phase:
        yield because("fase_onbekend", "/phase")
    current = FIRST_PHASE if matter.manifest.kind == OPENING_KIND else case.phase if case else None
    if current is not None and phase != current:
        yield because("fase_onjuist", "/phase")
    if matter.kind and phase not in matter.kind.phases:
        yield because("soort_niet_in_fase", "/phase")


@decides("doel_ontbreekt", "doel_niet_gevraagd", "doel_onbekend", "doel_niet_in_fase")
def right_purpose(matter: Matter) -> Iterator[Reason]:
    """3.4, B2: data are processed for a purpose of the phase; a kind without data names none."""
    purpose = matter.manifest.purpose
    if matter.kind and matter.kind.purposes == "required" and purpose is None:
        yield because("doel_ontbreekt", "/purpose")
    if matter.kind and matter.kind.purposes == "none" and purpose is not None:
        yield because("doel_niet_gevraagd", "/purpose")
    if purpose is not None:
        row = matter.pack.purpose.get(purpose)
        if row is None:
            yield because("doel_onbekend", "/purpose")
        elif matter.phase not in row.phases:
            yield because("doel_niet_in_fase", "/purpose")


@decides("verlopen", "te_lang_geldig")
def within_time(matter: Matter) -> Iterator[Reason]:
    """11.1: a message lives no longer than its kind may."""
    manifest = matter.manifest
    if manifest.expires <= matter.now or manifest.expires <= manifest.created:
        yield because("verlopen", "/expires")
    if matter.kind and (manifest.expires - manifest.created).total_seconds() > matter.kind.seconds_max:
        yield because("te_lang_geldig", "/expires")
