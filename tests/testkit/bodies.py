"""Broken bodies of ledger entries: what a recipient reads beside a message (ledger-and-keys.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas import canonical
from tests.testkit import house
from tests.testkit.case import Case, Row, changes, drop, put

CODE = "vorm"


def body() -> dict[str, Any]:
    """The entry of a message that was allowed."""
    return {
        "blind": house.ref("blind"),
        "entry": house.message_id("vermelding"),
        "time": house.at(),
        "house": house.HOUSE,
        "case": house.ref("casus"),
        "case_seq": 1,
        "outcome": "allowed",
        "reasons": [],
        "manifest_sha256": house.digest("manifest"),
        "facts": {"house": house.HOUSE, "house_address": house.DOOR},
    }


def write(value: Any) -> str:
    """The canonical text that is stored and served."""
    return canonical.encode(value).decode()


_REASON = {"rule": "6.4d", "code": "besluit_ontbreekt", "pointer": "/grounds/0"}
_ABOUT = {"kind": "aanmelding", "from": house.MELDER, "to": [house.DOOR], "phase": "aanmelding", "purpose": "unknown"}


def refused() -> dict[str, Any]:
    """The entry of a refusal."""
    return body() | {"outcome": "refused", "reasons": [_REASON], "about": _ABOUT}


def bodies() -> Iterator[Case]:
    """Of a message that was allowed, and of a refusal."""
    valid = Case("body", "valid-allowed", "The entry of a message", write(body()))
    yield valid
    rows: list[Row] = [
        ("blind-missing", "Nothing blinds it", drop("blind"), CODE, "/blind"),
        ("blind-short", "It is blinded by 64 bits", put("blind", house.drawn("b", 8)), CODE, "/blind"),
        ("entry-number", "The number of an entry as a number", put("entry", 7), CODE, "/entry"),
        ("time-fraction", "A time with a fraction", put("time", "2026-03-10T12:00:00.1Z"), CODE, "/time"),
        ("house-missing", "Of no house", drop("house"), CODE, "/house"),
        ("case-name", "A case by name", put("case", "Familie Jansen"), CODE, "/case"),
        ("seq-text", "A number as a text", put("case_seq", "1"), CODE, "/case_seq"),
        ("seq-negative", "A number below zero", put("case_seq", -1), CODE, "/case_seq"),
        ("seq-missing", "No number in the case", drop("case_seq"), CODE, "/case_seq"),
        ("outcome-other", "An outcome that is none", put("outcome", "accepted"), CODE, "/outcome"),
        ("digest", "A digest that is none", put("manifest_sha256", "x"), CODE, "/manifest_sha256"),
        ("unknown", "A member that nobody knows", put("note", "x"), CODE, ""),
        ("facts-unknown", "A fact that nobody knows", put("facts.note", "x"), CODE, "/facts"),
        ("facts-house", "Facts without a house", drop("facts.house"), CODE, "/facts/house"),
    ]
    yield from changes(valid, body(), rows, write)
    denial = Case("body", "valid-refused", "The entry of a refusal", write(refused()))
    yield denial
    rows = [
        ("reason-rule", "A reason without a rule", drop("reasons.0.rule"), CODE, "/reasons/0/rule"),
        ("reason-rule-words", "A rule in words", put("reasons.0.rule", "Artikel 6, lid 4"), CODE, "/reasons/0/rule"),
        ("reason-pointer", "A place that is none", put("reasons.0.pointer", "grounds[0]"), CODE, "/reasons/0/pointer"),
        ("reason-value", "The value stands beside the reason", put("reasons.0.value", "x"), CODE, "/reasons/0"),
        ("about-sender", "The sender under another name", _sender, CODE, "/about/from"),
        ("about-to", "To somebody by name", put("about.to", ["De GGZ"]), CODE, "/about/to/0"),
    ]
    yield from changes(denial, refused(), rows, write)
    text = write(body())
    for name, what, data in (
        ("no-json", "No JSON", text[:-1]),
        ("twice", "A member twice", text[:-1] + ',"outcome":"refused"}'),
        ("list", "A list", f"[{text}]"),
    ):
        yield Case("body", name, what, data, CODE, base=valid.name)


def _sender(whole: Any) -> Any:
    whole["about"]["sender"] = whole["about"].pop("from")
    return whole
