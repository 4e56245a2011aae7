"""What a sealed answer may say (7.2a, data-model.md 8.7): decided by both connectors, never by the broker."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.content import Inner
from schemas.rules.matter import Matter
from schemas.rules.reason import Reason, because
from schemas.rules.secrecy import lifted, needs_consent

KNOWN = "bekend"
REFUSED = "geweigerd"
SILENT = "geen_uitspraak"


def outcome_of_answer(matter: Matter, inner: Inner) -> Iterator[Reason]:
    """The outcome is one of the pack; items only with ``bekend``; a code only with ``geweigerd``."""
    known = {row.id for row in matter.pack.outcomes}
    if inner.outcome not in known:
        yield because("uitkomst_onbekend", "/outcome")
    if inner.items and inner.outcome != KNOWN:
        yield because("items_zonder_bekend", "/outcome")
    if (inner.refusal is not None) != (inner.outcome == REFUSED):
        yield because("weigering_past_niet", "/refusal")
    if inner.refusal is not None and not matter.coded("refusal", inner.refusal):
        yield because("weigering_onbekend", "/refusal")


def outcome_under_secrecy(matter: Matter, inner: Inner) -> Iterator[Reason]:
    """7.2a: that somebody is known is secret itself: ``bekend`` with consent or an exception, else no statement.

    With or without items: each ground of the answer names what lifts the secrecy, and it holds.
    """
    party = matter.party(matter.manifest.sender)
    if not needs_consent(matter.pack, party):
        return
    row = next((row for row in matter.pack.outcomes if row.id == inner.outcome), None)
    if inner.outcome != SILENT and (row is None or row.plain_under_secrecy):
        yield because("uitkomst_verraadt", "/outcome")
    if inner.outcome != KNOWN:
        return
    if not inner.grounds or any(ground.consent is None and ground.exception is None for ground in inner.grounds):
        yield because("bekend_zonder_toestemming", "/outcome")
    for index, ground in enumerate(inner.grounds):
        yield from lifted(matter, ground, f"/grounds/{index}")


def codes() -> tuple[str, ...]:
    """The codes that the rules of this module give."""
    return (
        "uitkomst_onbekend",
        "items_zonder_bekend",
        "weigering_past_niet",
        "weigering_onbekend",
        "uitkomst_verraadt",
        "bekend_zonder_toestemming",
        "nummer_anders",
        "inhoud_onleesbaar",
    )
