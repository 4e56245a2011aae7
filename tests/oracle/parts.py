"""The parts of which a walk's messages and facts are made: each validated once, and kept.

Nothing here decides; :mod:`tests.oracle.staging` puts the parts together.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from schemas.content import CeilingGround, CeilingItem, Ground, Item, Level
from schemas.facts import (
    AgreedFact,
    AgreementFact,
    InformedFact,
    KeyFact,
    PartyFact,
    RosterFact,
)
from schemas.ids import Address, SubjectRef, Term
from tests.making import (
    CONSENT,
    CONTACT,
    DECREE,
    HOUSE,
    NOW,
    PERSON,
    RELATIVE,
    address,
    case_key,
    field_digests,
    message_id,
    pack,
    party_fact,
    reference,
)
from tests.oracle.parties import CAPACITIES, MARK
from tests.oracle.verdict import HOUSE as THE_HOUSE
from tests.oracle.verdict import NO_GROUND, Step

SUBJECTS = {
    "betrokkene": PERSON,
    "directe_relatie": RELATIVE,
    "medewerker_hulpverlening": CONTACT,
    "medewerker_derde": SubjectRef(reference("medewerker van een derde")),
}
NECESSITY = {
    phase: next(row.id for row in pack().codes if row.use == "necessity" and phase in row.phases)
    for phase in ("aanmelding", "triage", "casusoverleg", "afschaling")
}
AGREED = message_id("wat is afgesproken")
SOON = NOW + timedelta(days=30)


@cache
def place(function: str, part: int) -> Address:
    """The address of a function as sender (1), recipient (2), first provider (3) or party of the house (4)."""
    return HOUSE if function == THE_HOUSE else address(part * 1000 + CAPACITIES.index(function), function)


@cache
def item_of(party: Address, category: str, person: str, level: Level, fields: tuple[str, ...], regime: str) -> Item:
    """One item with these fields, first provided by a party."""
    drawn = reference(f"{party} {category} {person} {level}")
    return Item.model_validate(
        {
            "item": drawn,
            "subject": SUBJECTS[person],
            "subject_category": person,
            "category": category,
            "level": level,
            "nature": "feit",
            "as_of": (NOW - timedelta(days=1)).date(),
            "ground": 0,
            "origin": {"party": party, "item": drawn},
            "regime": regime,
            "fields": field_digests(fields or ("geen_veld",)),
        }
    )


@cache
def passed_on(item: Item, ground: int) -> Item:
    """The same item passed on: with a number of its own."""
    return item.model_copy(update={"item": reference(f"door {item.item}"), "ground": ground})


@cache
def source() -> Item:
    """An item of a municipality, of which text of the house is made."""
    return item_of(place("college_bw", 3), "personalia", "betrokkene", "B", ("geslachtsnaam",), "avg")


def made_of_others(item: Item, step: Step) -> Item:
    """Text of the house in the meeting that tells what others gave says of what it was made (2.1, 3.5c)."""
    tells = any(field.path in {"/toestandsbeeld", "/bevat_categorieen"} for field in item.fields)
    own = step.sender == step.origin == THE_HOUSE
    if not tells or not own or (step.phase, step.category) != ("casusoverleg", "bericht"):
        return item
    return item.model_copy(update={"derived_from": (source().origin,)})


@cache
def plain_ground(basis: str, acting_for: Address, secrecy: tuple[str, ...]) -> CeilingGround:
    """A ground as it stands in clear, for the task of whom the house acts for; the police name their decree."""
    return CeilingGround.model_validate(
        {
            "basis": basis,
            "task": {"of": acting_for, "code": task_of(acting_for)},
            "secrecy": secrecy,
            "decree": DECREE.id if basis == "wpg_20" else None,
        }
    )


@cache
def ground_of(plain: CeilingGround, regime: str, consent: bool) -> Ground:
    """The ground in full: with the mark of police data, and the consent where one is needed."""
    marks = (MARK,) if regime == "wpg" else ()
    return Ground.model_validate(plain.model_dump() | {"conditions": marks, "consent": CONSENT if consent else None})


@cache
def ceiling_item(item: Item) -> CeilingItem:
    """The same item as a question asks for it."""
    return CeilingItem(
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        level=item.level,
        regime=item.regime,
        ground=0,
        fields=tuple(field.path for field in item.fields),
    )


def task_of(acting_for: Address) -> Term:
    """The first task of a party; one that has none names another's."""
    tasks = pack().capacity[acting_for.function].tasks
    return tasks[0] if tasks else Term("wmo_2_3_1_2_3_5")


@cache
def party_of(who: Address, task: Term) -> PartyFact:
    """A party in order; one without a ground of its own provides for the task of whom the house acts for (6.4)."""
    return party_fact(who, **({"provides_for": (task,)} if who.function == NO_GROUND else {}))


@cache
def key_of(who: Address, phase: str) -> KeyFact:
    """A live case key."""
    return case_key(who, phase)


@cache
def takes_part(who: Address, role: str) -> RosterFact:
    """A row of the roster, since yesterday."""
    return RosterFact.model_validate({"address": who, "role": role, "since": NOW - timedelta(days=1)})


@cache
def told(who: SubjectRef, by: Address) -> InformedFact:
    """A person who was told yesterday."""
    return InformedFact(subject=who, by=by, at=(NOW - timedelta(days=1)).date())


@cache
def agreed(purpose: str, phase: str, recipient: Address) -> AgreedFact:
    """What a provision outside the meeting rests on (5.3.1): the plan, the director's decision, the assignment."""
    kind = "plan_van_aanpak" if purpose == "uitvoeren_actie" else "fase_besluit"
    members: dict[str, Any] = {"id": AGREED, "phase": phase, "kind": kind}
    if purpose == "casusregie":
        members |= {"decision": "in_casusoverleg", "casusregie": recipient if recipient != HOUSE else None}
    elif purpose == "toebedelen":
        members["decision"] = "toebedeling"
    return AgreedFact.model_validate(members)


def agreement(item: Item, step: Step, recipient: Address, ground: Ground) -> AgreementFact:
    """Its provider agrees that just this goes to just this recipient, for this phase and purpose (3.5c)."""
    return AgreementFact.model_construct(
        item=item.origin.item,
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        fields=tuple(field.path for field in item.fields),
        provider=item.origin.party,
        phase=Term(step.phase),
        purpose=Term(step.purpose),
        holder=recipient,
        until=SOON,
        since=NOW,
        given_for=Term(step.purpose),
        consent=ground.consent,
    )
