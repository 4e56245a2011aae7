"""Valid manifests and the facts under which they may go, for tests of kernel, broker and connectors.

One small world: a municipality (``MELDER``) that notifies, the house, and one party per capacity. Every builder takes
what a test wants otherwise; :func:`changed` alters one thing of a message that is allowed. The names stand in
:mod:`tests.making_names`, the facts in :mod:`tests.making_facts`; both can be had from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from schemas.acts import ACTS, Empty
from schemas.asking_scope import ceiling_for, exact_ground
from schemas.content import Ceiling, CeilingItem, ConsentRef, Ground, Inner, Item
from schemas.ids import Address, Term
from schemas.manifest import Manifest
from tests.making_facts import (
    case_fact,
    case_key,
    facts_for,
    pack_fact,
    party_fact,
    thread_of,
)
from tests.making_names import (
    ANSWER_TIME,
    CAPACITIES,
    CASE,
    COLLEGE,
    CONSENT,
    CONTACT,
    DECREE,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    MELDER,
    NOW,
    OTHER_PACK,
    PARTY,
    PERSON,
    RELATIVE,
    SOME_ITEM,
    address,
    changed,
    digest,
    drawn,
    message_id,
    pack,
    reference,
)

__all__ = [
    "ANSWER_TIME",
    "CAPACITIES",
    "CASE",
    "COLLEGE",
    "CONSENT",
    "CONTACT",
    "DECREE",
    "HOUSE",
    "HOUSE_ID",
    "MANDATE",
    "MELDER",
    "NOW",
    "OTHER_PACK",
    "PARTY",
    "PERSON",
    "RELATIVE",
    "SOME_ITEM",
    "address",
    "case_fact",
    "case_key",
    "changed",
    "digest",
    "drawn",
    "facts_for",
    "message_id",
    "pack",
    "pack_fact",
    "party_fact",
    "reference",
    "thread_of",
]


def manifest_of(
    kind: str, sender: Address, to: Address | tuple[Address, ...], *, phase: str = "triage", **members: Any
) -> Manifest:
    """A message without items, or with what ``members`` say; the house speaks for ``MELDER``."""
    whole: dict[str, Any] = {
        "profile": "keten-1",
        "id": message_id(f"{kind} {sender} {to}"),
        "kind": kind,
        "house": HOUSE_ID,
        "pack": pack().digest,
        "case": CASE,
        "phase": phase,
        "from": sender,
        "to": to if isinstance(to, tuple) else (to,),
        "on_behalf_of": MELDER if sender == HOUSE else None,
        "created": NOW,
        "expires": NOW + timedelta(days=3),
        "act": {} if ACTS.get(kind) is Empty else None,
    }
    return Manifest.model_validate(whole | members)


def sealed_to(where: Address, phase: str, bucket: int = 4096) -> dict[str, Any]:
    """A sealed part for the one recipient's case key."""
    return {
        "sha256": digest("verzegeld"),
        "bucket": bucket,
        "suite": "keten-pq",
        "recipients": (case_key(where, phase).kid,),
    }


def field_digests(names: Iterable[str]) -> list[dict[str, str]]:
    """Digests for fields."""
    return [{"path": f"/{name}", "digest": digest(name)} for name in names]


def agreed(item: Mapping[str, Any] | Item, **members: Any) -> dict[str, Any]:
    """What an ``akkoord`` says of an item: as it was first provided, for a first picture."""
    about = item.model_dump() if isinstance(item, Item) else item
    fields = tuple(field["path"] for field in about["fields"])
    names = ("item", "subject", "subject_category", "category")
    return {name: about[name] for name in names} | {"fields": fields, "given_for": "eerste_beeld"} | members


def item_of(category: str, names: Iterable[str], level: str, origin: Address, **members: Any) -> dict[str, Any]:
    """One exact item about ``PERSON``, first provided by ``origin`` in this very message."""
    label = f"{category} {origin}"
    capacity = pack().capacity[origin.function if origin != HOUSE else MELDER.function]
    whole: dict[str, Any] = {
        "item": reference(label),
        "subject": PERSON,
        "subject_category": "betrokkene",
        "category": category,
        "level": level,
        "nature": "feit",
        "as_of": date(2026, 3, 9),
        "ground": 0,
        "origin": {"party": origin, "item": reference(label)},
        "regime": capacity.regime,
        "fields": field_digests(names),
    }
    return whole | members


def ground_of(**members: Any) -> dict[str, Any]:
    """A ground of the notifier's task under the general regulation."""
    return {"basis": "avg_6_1_e", "task": {"of": MELDER, "code": "wmo_2_3_1_2_3_5"}} | members


def a_notification(**members: Any) -> Manifest:
    """The ``aanmelding`` of ``MELDER``: one person, the address, and why."""
    items = (
        item_of("personalia", ("geslachtsnaam", "voornamen", "geboortedatum"), "S", MELDER),
        item_of("adresgegevens", ("straat", "huisnummer", "postcode", "woonplaats"), "S", MELDER),
        item_of("bericht", ("aanleiding", "gewenst_resultaat", "criteria", "onderbouwing"), "S", MELDER),
    )
    whole: dict[str, Any] = {
        "phase": "aanmelding",
        "purpose": "toetsen_criteria",
        "disclosure": "exact",
        "grounds": (ground_of(),),
        "items": items,
        "necessity": {"code": "criteria_toetsen", "commitment": digest("toelichting")},
        "sealed": sealed_to(HOUSE, "aanmelding"),
    }
    return manifest_of("aanmelding", MELDER, HOUSE, **(whole | members))


def a_ceiling(asked: Address, **choices: Any) -> Ceiling:
    """The most that ``asked`` may answer about ``PERSON``."""
    given: Mapping[str, Any] = {
        "subject": PERSON,
        "subject_category": Term("betrokkene"),
        "acting_for": MELDER,
        "task": Term("wmo_2_3_1_2_3_5"),
        "expires": NOW + timedelta(days=2),
        "now": NOW,
        "contact": CONTACT,
    }
    return ceiling_for(pack(), party_fact(asked), **(dict(given) | choices))


def a_question(asked: Address = COLLEGE, *, ceiling: Ceiling | None = None, **members: Any) -> Manifest:
    """The house's ``triagevraag`` about ``PERSON``: the notifier's personal details, onward, at level B."""
    personal = item_of("personalia", ("geslachtsnaam", "voornamen", "geboortedatum"), "B", MELDER)
    whole: dict[str, Any] = {
        "purpose": "eerste_beeld",
        "disclosure": "exact",
        "grounds": (ground_of(),),
        "items": (personal | {"item": reference(f"zoeksleutel {asked}")},),
        "necessity": {"code": "eerste_beeld_vormen", "commitment": digest("toelichting")},
        "sealed": sealed_to(asked, "triage"),
        "act": {
            "ceiling": ceiling or a_ceiling(asked),
            "answer_at": NOW + timedelta(days=1),
            "mandate": MANDATE,
        },
    }
    return manifest_of("triagevraag", HOUSE, asked, **(whole | members))


def an_answer(question: Manifest, **members: Any) -> Manifest:
    """The ``triageantwoord``: the clear part as the question says. Decide it at ``ANSWER_TIME``."""
    ceiling: Ceiling = getattr(question.act, "ceiling")  # noqa: B009 - the act is known by its base class only
    whole: dict[str, Any] = {
        "purpose": question.purpose,
        "reply_to": question.id,
        "created": ANSWER_TIME,
        "expires": ceiling.expires,
        "disclosure": "ceiling",
        "items": ceiling.items,
        "grounds": ceiling.grounds,
        "necessity": ceiling.necessity,
        "inner_digest": digest("binnenste"),
        "sealed": sealed_to(HOUSE, "triage", ceiling.bucket),
    }
    return manifest_of("triageantwoord", question.to[0], HOUSE, **(whole | members))


def an_inner(answer: Manifest, *, consent: ConsentRef | None = None, **members: Any) -> Inner:
    """The sealed half of an answer: known, with the message's own fields and, where it may, housing."""
    sender = answer.sender
    named: dict[str, CeilingItem] = {item.category: item for item in answer.ceiling_items if item.subject == PERSON}
    rows: list[tuple[str, tuple[str, ...]]] = [("bericht", ("betrokkenheid", "leefgebieden"))]
    if "woonsituatie" in named:
        rows.append(("woonsituatie", ("woonvorm",)))
    items = tuple(
        Item.model_validate(item_of(category, names, "I", sender, ground=named[category].ground))
        for category, names in rows
    )
    grounds: tuple[Ground, ...] = tuple(exact_ground(pack(), ground, consent=consent) for ground in answer.grounds)
    whole: dict[str, Any] = {
        "salt": reference("zout"),
        "id": answer.id,
        "reply_key": {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"},
        "outcome": "bekend",
        "items": items,
        "grounds": grounds,
        "necessity": {"code": answer.necessity.code if answer.necessity else "", "commitment": digest("toelichting")},
    }
    return Inner.model_validate(whole | members)
