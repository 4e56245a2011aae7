"""What the house may ask whom: the pack read the other way round, for menus, for the broker's answer and for ceilings.

Pure reading of the pack (3.5a, 4.2, 6.4); :mod:`schemas.policy` decides the message that is made of it in any case.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas import SchemaError
from schemas.content import (
    MESSAGE_CATEGORY,
    Ceiling,
    CeilingGround,
    CeilingItem,
    ConsentRef,
    Ground,
    Level,
    Necessity,
    TaskRef,
)
from schemas.facts import PartyFact
from schemas.ids import Address, FieldPath, SubjectRef, Term
from schemas.pack import Pack
from schemas.pack_rows import Capacity
from schemas.rules.basis import expected_basis, live_decrees, marks_of
from schemas.rules.secrecy import secrecies

ANSWER_KIND = "triageantwoord"
"""The kind under which a ceiling is answered."""


class AskingError(SchemaError):
    """A question that the pack leaves nothing of: our caller asked for what :func:`may_ask` does not hold."""


@dataclass(frozen=True)
class Allowance:
    """One row of what may be asked: a category about persons of some categories, to a level, and which fields.

    ``provider``: ``usual`` or ``limited`` (in its own role only). ``consent``: the party needs consent or an exception.
    """

    category: Term
    subject_category: Term
    level: Level
    fields: tuple[Term, ...]
    provider: str
    basis: Term
    regime: Term
    consent: bool


def may_ask(pack: Pack, capacity: str, phase: str, purpose: str) -> tuple[Allowance, ...]:
    """What a party in ``capacity`` may be asked in a phase for a purpose, in the pack's order; empty: nothing.

    The basis is that of the capacity without a decree on record; :func:`ceiling_for` takes the decree into account.
    """
    who = pack.capacity.get(capacity)
    return may_give(pack, capacity, phase, purpose, ANSWER_KIND) if who is not None and who.receives else ()


def may_give(pack: Pack, capacity: str, phase: str, purpose: str, kind: str) -> tuple[Allowance, ...]:
    """What a party in ``capacity`` may provide in a kind of message, asked or not; as :func:`may_ask`."""
    who, aim = pack.capacity.get(capacity), pack.purpose.get(purpose)
    if who is None or aim is None or phase not in aim.phases:
        return ()
    found: list[Allowance] = []
    for row in pack.ceilings:
        provider = pack.provider.get((row.category, capacity))
        narrowed = (row.purposes and purpose not in row.purposes) or (row.providers and capacity not in row.providers)
        if (row.phase, row.kind) != (phase, kind) or provider is None or narrowed:
            continue
        category = pack.category.get(row.category)
        health = category is not None and category.data_class == "bijzonder"
        bound = any(rule.consent for rule in pack.secrecies if rule.id in who.secrecy)
        found.extend(
            Allowance(
                category=row.category,
                subject_category=subject,
                level=row.level,
                fields=tuple(field.name for field in pack.fields_of(row)),
                provider=provider,
                basis=who.category_bases.get(row.category, who.default_basis),
                regime=who.regime,
                consent=health or bound,
            )
            for subject in row.subjects
        )
    return tuple(found)


def _ground(pack: Pack, who: Capacity, party: PartyFact, category: str, task: TaskRef, now: datetime) -> CeilingGround:
    basis = expected_basis(pack, who, party, category, now)
    decree = next((row.id for row in live_decrees(party, now) if row.basis == basis), None)
    return CeilingGround(basis=basis, task=task, secrecy=secrecies(pack, party), decree=decree)


def first_necessity(pack: Pack, phase: str) -> Term:
    """The necessity code that the pack names first for a phase; :class:`AskingError` where it has none."""
    for code in pack.codes:
        if code.use == "necessity" and phase in code.phases:
            return code.id
    raise AskingError("the pack has no necessity for this phase")


def ceiling_for(
    pack: Pack,
    party: PartyFact,
    *,
    subject: SubjectRef,
    subject_category: Term,
    acting_for: Address,
    task: Term,
    expires: datetime,
    now: datetime,
    categories: Collection[str] | None = None,
    contact: SubjectRef | None = None,
    purpose: str = "eerste_beeld",
    necessity: Term | None = None,
    phase: str = "triage",
    bucket: Literal[4096, 16384, 65536] = 4096,
) -> Ceiling:
    """The most that ``party`` may answer about one person: all that the pack allows, or the ``categories`` chosen.

    ``bericht`` (the answer's own fields) is always in it. ``task``: one of the party that the house acts for.
    ``contact``: a fresh reference for the contact person at the party; without it none may be named.
    Raises :class:`AskingError` where nothing is left to ask: where not even whether the person is known may be told.
    """
    who = pack.capacity.get(party.address.function)
    rows = may_ask(pack, party.address.function, phase, purpose)
    whose = TaskRef(of=acting_for, code=task)
    grounds: list[CeilingGround] = []
    items: list[CeilingItem] = []
    staff = {row.id for row in pack.subject_categories if not row.informed}
    for row in rows if who else ():
        about_contact = contact is not None and row.subject_category in staff
        wanted = row.category == MESSAGE_CATEGORY or categories is None or row.category in categories
        if who is None or not wanted or not (about_contact or row.subject_category == subject_category):
            continue
        ground = _ground(pack, who, party, row.category, whose, now)
        if ground not in grounds:
            grounds.append(ground)
        items.append(
            CeilingItem(
                subject=contact if contact is not None and about_contact else subject,
                subject_category=row.subject_category,
                category=row.category,
                level=row.level,
                regime=row.regime,
                ground=grounds.index(ground),
                fields=tuple(FieldPath(f"/{name}") for name in row.fields),
            )
        )
    if not any(item.subject_category == subject_category and item.category == MESSAGE_CATEGORY for item in items):
        raise AskingError("the pack leaves nothing to ask of this party about this person in this phase")
    return Ceiling(
        items=tuple(items),
        grounds=tuple(grounds),
        necessity=Necessity(code=necessity or first_necessity(pack, phase)),
        expires=expires,
        bucket=bucket,
    )


def exact_ground(
    pack: Pack, ground: CeilingGround, *, consent: ConsentRef | None = None, exception: Term | None = None
) -> Ground:
    """A ground of a ceiling as it stands in the sealed half: with what lifts the secrecy, and the marks of 7.1."""
    row = pack.basis.get(ground.basis)
    return Ground(
        **ground.model_dump(),
        consent=consent,
        exception=exception,
        conditions=marks_of(pack, row.regime) if row else (),
    )
