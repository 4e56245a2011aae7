"""Valid manifests in their smallest form: of any kind, exact, and under a ceiling (wire.md "Manifest")."""

from __future__ import annotations

from typing import Any

from tests.testkit import house

GROUND: dict[str, Any] = {
    "basis": "avg_6_1_e",
    "task": {"of": house.MELDER, "code": house.TASK},
    "secrecy": [],
    "informed": "2026-03-01",
}
ITEM: dict[str, Any] = {
    "item": house.ref("item"),
    "subject": house.ref("betrokkene"),
    "subject_category": "betrokkene",
    "category": "personalia",
    "level": "S",
    "nature": "feit",
    "as_of": "2026-03-09",
    "ground": 0,
    "origin": {"party": house.MELDER, "item": house.ref("item")},
    "regime": "avg",
    "fields": [
        {"path": "/geslachtsnaam", "digest": house.digest("geslachtsnaam")},
        {"path": "/geboortedatum", "digest": house.digest("geboortedatum")},
    ],
}
CEILING_ITEM: dict[str, Any] = {
    name: ITEM[name] for name in ("subject", "subject_category", "category", "level", "regime", "ground")
} | {"fields": ["/geslachtsnaam"]}
CEILING_GROUND: dict[str, Any] = {name: GROUND[name] for name in ("basis", "task", "secrecy")}
SEALED: dict[str, Any] = {
    "sha256": house.digest("verzegeling"),
    "bucket": 4096,
    "suite": "keten-pq",
    "recipients": [house.digest("sleutel")],
}


def a_message(kind: str, act: Any = None, **members: Any) -> dict[str, Any]:
    """A message of the municipality to the house, valid in form; without an act: that of a person who was told."""
    told = {"subjects": [house.ref("betrokkene")], "at": "2026-03-01", "how": "gesprek"}
    whole: dict[str, Any] = {
        "profile": "keten-1",
        "id": house.message_id(kind),
        "kind": kind,
        "house": house.HOUSE,
        "pack": house.PACK,
        "case": house.ref("casus"),
        "phase": "aanmelding",
        "from": house.MELDER,
        "to": [house.DOOR],
        "created": house.at(),
        "expires": house.at(days=2),
        "act": told if act is None else act,
    }
    return whole | members


def exact() -> dict[str, Any]:
    """A notification: one item, with digests."""
    return a_message(
        "aanmelding",
        {},
        purpose="toetsen_criteria",
        disclosure="exact",
        grounds=[GROUND],
        items=[ITEM],
        necessity={"code": "criteria_toetsen", "commitment": house.digest("toelichting")},
        sealed=SEALED,
    )


def ceiling() -> dict[str, Any]:
    """An answer: what it may hold at most."""
    return a_message(
        "triageantwoord",
        {},
        phase="triage",
        purpose="eerste_beeld",
        reply_to=house.message_id("triagevraag"),
        disclosure="ceiling",
        grounds=[CEILING_GROUND],
        items=[CEILING_ITEM],
        necessity={"code": "eerste_beeld_vormen"},
        inner_digest=house.digest("binnenste"),
        sealed=SEALED,
    )
