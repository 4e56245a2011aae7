"""A party opens a case: start and mandate, informing, the notification, agreement per party that may be asked.

Decides the order (1.18, 9.2, 16.1, 3.5c) and nothing about whether it is allowed. What goes is what the form says; each
kind of party that may be asked about these persons later is agreed to in a message of its own, so that nobody learns of
others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from connectors import UseError
from connectors.casefiles import store as casefiles
from connectors.casefiles.dossier import FiledItem, seal_explanation, seal_items
from connectors.exchanges import contents, keys_of_cases, outgoing
from connectors.exchanges.drafting import (
    About,
    Frame,
    Parcel,
    Salted,
    all_disclosures,
    draft,
    explained,
    new_reference,
    salt,
)
from connectors.exchanges.mandates import make_mandate
from connectors.exchanges.outgoing import NotSent, Prepared
from connectors.exchanges.workplace import Workplace
from keys.sealing import Plaintext, Recipient
from schemas import SchemaError
from schemas.acts import AgreedItem, Agreement, Informed, Start, Use
from schemas.asking_scope import exact_ground
from schemas.content import MESSAGE_CATEGORY, CeilingGround, Ground, Item, TaskRef
from schemas.ids import Address, CaseRef, Day, MessageId, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.records import Frozen
from schemas.rules.basis import expected_basis, live_decrees
from schemas.rules.secrecy import secrecies
from schemas.strict import Json
from schemas.yaml_model import validate
from schemas.yaml_text import load

PHASE = "aanmelding"
PURPOSE = Term("toetsen_criteria")
Value = str | tuple[str, ...]


class Told(Frozen):
    """When and how the persons were informed, or until when that is deferred (16.1, 16.6)."""

    at: Day | None = None
    how: Literal["gesprek", "brief", "telefoon"] | None = None
    recheck: Day | None = None


class Person(Frozen):
    """One person of the case: the fields of data-model.md 8.6 by category, as text."""

    category: Literal["betrokkene", "directe_relatie"] = "betrokkene"
    personalia: Mapping[str, Value]
    adresgegevens: Mapping[str, Value] = {}
    gegevens: Mapping[str, Mapping[str, Value]] = {}
    """Other categories that testing the criteria needs."""


class Form(Frozen):
    """The notification as a party fills it in."""

    function: Term
    """In which function of this party."""
    task: Term | None = None
    """Which task of 6.4; None: the first of the accession."""
    persons: Annotated[tuple[Person, ...], Field(min_length=1, max_length=12)]
    criteria: Annotated[tuple[Term, ...], Field(min_length=1, max_length=4)]
    aanleiding: Annotated[str, Field(min_length=1, max_length=500)]
    gewenst_resultaat: Annotated[str, Field(min_length=1, max_length=500)]
    onderbouwing: Annotated[str, Field(min_length=1, max_length=500)]
    bevat_categorieen: tuple[Term, ...] = (Term("personalia"),)
    leefgebieden: tuple[Term, ...] = ()
    necessity: Term = Term("criteria_toetsen")
    explanation: Annotated[str, Field(min_length=1, max_length=500)]
    informed: Told
    reuse: tuple[Address | Term, ...] = ()
    """Capacities or addresses that may be asked about these persons in triage."""
    reuse_days: Annotated[int, Field(ge=1, le=365)] = 90


@dataclass(frozen=True, slots=True)
class Notified:
    """A case is open at the house. ``subjects``: in the order of the form. ``refusals``: of what did not go."""

    case: CaseRef
    subjects: tuple[SubjectRef, ...]
    message: MessageId | None
    refusals: tuple[NotSent, ...] = field(default=())


def read_form(path: Path) -> Form:
    """The form in a YAML (or JSON) file. Raises :class:`UseError` with file, line and what to do."""
    try:
        return validate(Form, load(path.read_text(encoding="utf-8"), path.name))
    except OSError as error:
        raise UseError(f"{path.name}: {error.strerror}; geef het bestand met de aanmelding") from error
    except (SchemaError, UnicodeDecodeError) as error:
        raise UseError(f"het formulier: {error}") from error


async def notify(place: Workplace, form: Form, wait: float = 30.0) -> Notified:
    """The four messages in their order; stops at the first that a rule refuses. ``wait``: for the house's key.

    Raises :class:`UseError` for values that may not go, before anything leaves.
    """
    me = _address(place, form)
    now = place.clock()
    house = place.house_address
    case = new_reference(CaseRef)
    subjects = tuple(new_reference(SubjectRef) for _ in form.persons)
    items = _items(place, form, me, subjects, now)
    _check_values(place.house.pack_at(now), form, items)
    mandate = make_mandate(case, place.house.directory.house, house, now, place.keyring.signing(me))
    told = Informed.model_validate({"subjects": subjects, **_told(form.informed)})
    for kind, act in (("aanmelding_start", Start(mandate=mandate)), ("geinformeerd", told)):
        frame = Frame(kind=kind, sender=me, to=(house,), case=case, phase=PHASE, act=act)
        outcome = await outgoing.send(place, draft(place, frame, now))
        if isinstance(outcome, NotSent):
            return Notified(case, subjects, None, (outcome,))
    key = await keys_of_cases.ensure(place, case, PHASE, me, house, wait)
    if isinstance(key, NotSent):
        return Notified(case, subjects, None, (key,))
    if key is None:
        raise UseError("het huis geeft zijn sleutel niet; draait zijn connector? Probeer het later opnieuw")
    sent = await _send(place, form, me, case, items, key)
    if isinstance(sent, NotSent):
        return Notified(case, subjects, None, (sent,))
    refused = await agree(place, me, case, items, form.reuse, timedelta(days=form.reuse_days))
    return Notified(case, subjects, sent, refused)


def _check_values(pack: Pack, form: Form, content: _Content) -> None:
    """What the house would find after opening (no BSN, no forbidden name, each value fit for its field), found here."""
    contents.check_text(pack, "aanmelding", form.explanation)
    contents.refuse(
        (one.item.category, fault)
        for one in content.items
        for fault in contents.find_in_item(pack, PHASE, "aanmelding", one.item, one.values, lifted=False)
    )


def _address(place: Workplace, form: Form) -> Address:
    for address in place.settings.own:
        if address.function == form.function:
            return address
    raise UseError(f"deze connector heeft geen functie {form.function}; kies er een uit de instellingen")


def _told(told: Told) -> dict[str, object]:
    if told.recheck is not None:
        return {"deferred": True, "recheck": told.recheck}
    return {"at": told.at, "how": told.how}


def typed(pack: Pack, category: str, values: Mapping[str, Value]) -> dict[str, Json]:
    """Values of a form in the types of their fields; unknown fields stay text, for the kernel to refuse."""
    row = pack.category.get(Term(category))
    kinds = {one.name: one.type for one in row.fields} if row else {}
    found: dict[str, Json] = {}
    for name, value in values.items():
        kind = kinds.get(Term(name))
        if isinstance(value, tuple):
            found[name] = list(value)
        elif kind == "integer" and value.isdecimal():
            found[name] = int(value)
        elif kind == "boolean" and value in {"true", "false"}:
            found[name] = value == "true"
        elif kind == "enum_list":
            found[name] = [value]
        else:
            found[name] = value
    return found


def _ground(place: Workplace, form: Form, me: Address, category: str, now: datetime) -> Ground:
    pack = place.house.pack_at(now)
    party = place.house.members(now).parties[me]
    who = pack.capacity.get(Term(me.function))
    if who is None or not party.tasks:
        raise UseError(f"{me} heeft in dit huis geen hoedanigheid of geen taak en kan daarom niet aanmelden")
    basis = expected_basis(pack, who, party, category, now)
    decree = next((row.id for row in live_decrees(party, now) if row.basis == basis), None)
    task = TaskRef(of=me, code=form.task or party.tasks[0])
    return exact_ground(pack, CeilingGround(basis=basis, task=task, secrecy=secrecies(pack, party), decree=decree))


@dataclass(frozen=True, slots=True)
class _Content:
    items: tuple[Salted, ...]
    grounds: tuple[Ground, ...]


def _items(place: Workplace, form: Form, me: Address, subjects: tuple[SubjectRef, ...], now: datetime) -> _Content:
    pack = place.house.pack_at(now)
    regime = pack.capacity[Term(me.function)].regime
    grounds: list[Ground] = []
    found: list[Salted] = []

    def add(person: Person, subject: SubjectRef, category: str, values: Mapping[str, Json]) -> None:
        ground = _ground(place, form, me, category, now)
        if ground not in grounds:
            grounds.append(ground)
        row = pack.ceiling.get((Term(PHASE), Term("aanmelding"), Term(category), Term(person.category)))
        about = About(
            subject=subject,
            subject_category=Term(person.category),
            category=Term(category),
            level=row.level if row else "S",
            regime=regime,
            as_of=now.date(),
            ground=grounds.index(ground),
        )
        found.append(salt(about, values, me))

    for person, subject in zip(form.persons, subjects, strict=True):
        add(person, subject, "personalia", typed(pack, "personalia", person.personalia))
        if person.adresgegevens:
            add(person, subject, "adresgegevens", typed(pack, "adresgegevens", person.adresgegevens))
        for category, values in person.gegevens.items():
            add(person, subject, category, typed(pack, category, values))
    add(form.persons[0], subjects[0], MESSAGE_CATEGORY, _message(form))
    return _Content(tuple(found), tuple(grounds))


def _message(form: Form) -> dict[str, Json]:
    values: dict[str, Json] = {
        "criteria": [str(one) for one in form.criteria],
        "aanleiding": form.aanleiding,
        "gewenst_resultaat": form.gewenst_resultaat,
        "onderbouwing": form.onderbouwing,
        "bevat_categorieen": [str(one) for one in form.bevat_categorieen],
    }
    return values | ({"leefgebieden": [str(one) for one in form.leefgebieden]} if form.leefgebieden else {})


async def _send(
    place: Workplace, form: Form, me: Address, case: CaseRef, content: _Content, key: Recipient
) -> MessageId | NotSent:
    now = place.clock()
    necessity, opening = explained(form.necessity, form.explanation)
    parcel = Parcel.of(Plaintext(all_disclosures(content.items), None, opening), [key])
    frame = Frame(kind="aanmelding", sender=me, to=(key.address,), case=case, phase=PHASE, purpose=PURPOSE)
    manifest = draft(
        place,
        frame,
        now,
        disclosure="exact",
        items=tuple(one.item for one in content.items),
        grounds=content.grounds,
        necessity=necessity,
        sealed=parcel.outside,
    )
    prepared = await outgoing.prepare(place, manifest, parcel)
    if isinstance(prepared, NotSent):
        await outgoing.record_not_sent(place, manifest, prepared)
        return prepared
    return await _post(place, form, prepared, content, case)


async def _post(
    place: Workplace, form: Form, prepared: Prepared, content: _Content, case: CaseRef
) -> MessageId | NotSent:
    """With the notifier's own copy, which it keeps under its own file key."""
    manifest: Manifest = prepared.manifest
    own = [FiledItem(one.item, manifest.id, PHASE, dict(one.values)) for one in content.items]
    async with place.keyring.turn(case):  # or an erasure would take the key between sealing and writing
        rows = await seal_items(place.keyring, case, PHASE, own, place.clock())
        why = await seal_explanation(place.keyring, case, manifest.id, form.explanation, place.clock())
        async with place.database.begin() as tx:
            await casefiles.add_items(tx, rows)
            await casefiles.add_explanation(tx, why)
            await outgoing.post(tx, place, prepared)
    outcome = await outgoing.hand_in(place, manifest.id)
    return outcome if isinstance(outcome, NotSent) else manifest.id


def _agreed(item: Item) -> AgreedItem:
    return AgreedItem(
        item=item.item,
        subject=item.subject,
        subject_category=item.subject_category,
        category=item.category,
        fields=tuple(field.path for field in item.fields),
        given_for=PURPOSE,
    )


async def agree(
    place: Workplace,
    me: Address,
    case: CaseRef,
    content: _Content,
    holders: tuple[Address | Term, ...],
    term: timedelta,
) -> tuple[NotSent, ...]:
    """One ``akkoord`` per holder and person on what a question carries: names, birth date, address (3.5c).

    Each is about one person: it travels whole with a question, and who is asked about one reads of no other.
    """
    persons: dict[SubjectRef, list[Item]] = {}
    for one in content.items:
        if one.item.category in {"personalia", "adresgegevens"}:
            persons.setdefault(one.item.subject, []).append(one.item)
    refused = []
    for holder, items in product(holders, persons.values()):
        now = place.clock()
        act = Agreement(
            items=tuple(_agreed(item) for item in items),
            use=Use(phase=Term("triage"), purpose=Term("eerste_beeld"), holder=holder),
            until=now + term,
            decision="akkoord",
        )
        frame = Frame(kind="akkoord", sender=me, to=(place.house_address,), case=case, phase=PHASE, act=act)
        outcome = await outgoing.send(place, draft(place, frame, now))
        if isinstance(outcome, NotSent):
            refused.append(outcome)
    return tuple(refused)
