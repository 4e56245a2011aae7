"""The messages that the examples speak of, made from the pack: with the right basis, secrecy, consent and fields.

Each is as it should be; what an example wants otherwise, its steps change. A category that the pack does not allow
where the example puts it is made all the same, with its lowest fields: it is for the kernel to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from schemas.content import LEVELS, Level
from schemas.facts import AgreementFact, CaseFact, Facts
from schemas.ids import Address, SubjectRef
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules.basis import expected_basis, live_decrees, marks_of
from schemas.rules.secrecy import needs_consent, secrecies
from tests.making import (
    CONSENT,
    HOUSE,
    MELDER,
    NOW,
    case_key,
    changed,
    digest,
    facts_for,
    field_digests,
    manifest_of,
    pack,
    party_fact,
    reference,
)

Person = tuple[SubjectRef, str]


@dataclass(frozen=True)
class Given:
    """One category about one person, and whose data it is where that is not the sender."""

    category: str
    person: Person
    provider: Address | None = None
    level: Level | None = None


def level_and_fields(rules: Pack, phase: str, kind: str, given: Given) -> tuple[Level, tuple[str, ...]]:
    """As far as the phase allows, or at the level asked for; where nothing is allowed, the lowest that there is."""
    category = rules.category[given.category]
    row = rules.ceiling.get((phase, kind, given.category, given.person[1]))
    lowest = min((field.level for field in category.fields), key=LEVELS.index)
    level = given.level or (row.level if row else lowest)
    rows = rules.fields_of(row) if row else category.fields
    may = [field for field in rows if LEVELS.index(field.level) <= LEVELS.index(level)]
    if given.category == "bericht":
        may = [field for field in may if kind in field.kinds]
    must = [field.name for field in may if not field.optional or given.person[1] in field.required_for]
    return level, tuple(must or [field.name for field in may[:1]] or [category.fields[0].name])


def task_of(whose: Address) -> dict[str, str]:
    """The first task of a party; that of the notifier for a party without one."""
    tasks = pack().capacity[whose.function].tasks
    return {"of": whose, "code": tasks[0]} if tasks else {"of": MELDER, "code": "wmo_2_3_1_2_3_5"}


def ground_for(rules: Pack, given: Given, whose: Address, *, own: bool) -> dict[str, Any]:
    """The ground that follows from whose data it is."""
    fact, capacity = party_fact(whose), rules.capacity[whose.function]
    basis = expected_basis(rules, capacity, fact, given.category, NOW)
    return {
        "basis": basis,
        "task": task_of(whose if own else MELDER),
        "secrecy": secrecies(rules, fact),
        "decree": next((row.id for row in live_decrees(fact, NOW) if row.basis == basis), None),
        "consent": CONSENT if needs_consent(rules, fact, given.category) else None,
        "conditions": marks_of(rules, rules.basis[basis].regime),
    }


def item_for(rules: Pack, phase: str, kind: str, given: Given, sender: Address, ground: int) -> dict[str, Any]:
    """The item; what another provided before has a number of its own and names where it comes from."""
    whose = given.provider or sender
    origin = reference(f"{given.category} {given.person} {whose}")
    level, names = level_and_fields(rules, phase, kind, given)
    capacity = rules.capacity[MELDER.function if whose == HOUSE else whose.function]
    return {
        "item": origin if given.provider is None else reference(f"doorgegeven {given.category} {given.person}"),
        "subject": given.person[0],
        "subject_category": given.person[1],
        "category": given.category,
        "level": level,
        "nature": "feit",
        "as_of": "2026-03-09",
        "ground": ground,
        "origin": {"party": whose, "item": origin},
        "regime": capacity.regime,
        "fields": field_digests(names),
    }


def necessity(rules: Pack, phase: str) -> dict[str, str]:
    """The first reason that the pack names for a phase, with its sealed explanation."""
    code = next(row.id for row in rules.codes if row.use == "necessity" and (not row.phases or phase in row.phases))
    return {"code": code, "commitment": digest("toelichting")}


def provision(
    kind: str,
    phase: str,
    purpose: str,
    sender: Address,
    to: tuple[Address, ...],
    given: Iterable[Given],
    act: Any = MappingProxyType({}),
) -> Manifest:
    """A message with items, from its sender to one or more recipients, each item on a ground of its own."""
    rules, things = pack(), list(given)
    acting = MELDER if sender == HOUSE else sender
    providers = [thing.provider or acting for thing in things]
    whole: dict[str, Any] = {
        "to": to,
        "purpose": purpose,
        "disclosure": "exact",
        "grounds": [
            ground_for(rules, thing, whose, own=thing.provider is None)
            for thing, whose in zip(things, providers, strict=True)
        ],
        "items": [item_for(rules, phase, kind, thing, sender, index) for index, thing in enumerate(things)],
        "necessity": necessity(rules, phase),
        "sealed": {
            "sha256": digest("verzegeld"),
            "bucket": 4096,
            "suite": "keten-pq",
            "recipients": [case_key(where, phase).kid for where in to],
        },
    }
    bare = manifest_of(kind, sender, to[0], phase=phase, act=act)
    return altered(bare, **whole)


def agreed_by_all(manifest: Manifest, facts: Facts) -> tuple[AgreementFact, ...]:
    """The agreements of the providers, for each recipient and with the consent that the message names."""
    made: list[AgreementFact] = []
    for fact in facts.agreements:
        item = next(one for one in manifest.exact_items if one.origin.item == fact.item)
        consent = getattr(manifest.grounds[item.ground], "consent", None)
        made += [fact.model_copy(update={"holder": holder, "consent": consent}) for holder in manifest.to]
    return tuple(made)


def known_of(manifest: Manifest, case: CaseFact | None, **updates: Any) -> Facts:
    """What is known when nothing is wrong: all parties of the case, everybody informed, all that goes on agreed to."""
    facts = facts_for(manifest, case, **updates)
    there = {row.address for row in facts.parties}
    more = [row.address for row in (case.roster if case else ()) if row.address not in there]
    changes: Mapping[str, Any] = {
        "parties": (*facts.parties, *(party_fact(address) for address in more)),
        "agreements": agreed_by_all(manifest, facts),
    }
    return facts.model_copy(update=changes)


def together(manifest: Manifest, more: Manifest) -> Manifest:
    """A message with the items of another too, each on its own ground."""
    shift = len(manifest.grounds)
    moved = [item.model_copy(update={"ground": item.ground + shift}) for item in more.exact_items]
    return altered(manifest, items=(*manifest.items, *moved), grounds=(*manifest.grounds, *more.grounds))


def altered(manifest: Manifest, **updates: Any) -> Manifest:
    """The message with members set anew and checked again."""
    found = changed(manifest, **updates)
    assert isinstance(found, Manifest)
    return found
