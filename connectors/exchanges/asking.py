"""The house asks: one question per person and asked address, decided at home before anything leaves (1.19, 5.1).

Decides what a question carries (the search key at level B, onward from the notifier with its agreement) and what its
answer may hold at most, which is what the pack leaves of the categories that the procesregisseur chose. A category that
the pack does not leave stays in the question, so that the kernel refuses it with the article; then nothing leaves, not
even the request for a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connectors import UseError
from connectors.casefiles.dossier import FiledItem, read_items
from connectors.exchanges import keys_of_cases, outgoing, queries
from connectors.exchanges.contents import check_text
from connectors.exchanges.drafting import (
    About,
    Frame,
    Parcel,
    Salted,
    all_disclosures,
    draft,
    explained,
    grounds_of,
    new_id,
    new_reference,
    salt,
)
from connectors.exchanges.outgoing import NotSent, Pending, Sent
from connectors.exchanges.rows import CaseRow, manifest_of
from connectors.exchanges.workplace import Workplace
from keys.sealing import Plaintext, Recipient, new_key
from schemas.acts import Question, Start
from schemas.asking_scope import AskingError, ceiling_for, exact_ground
from schemas.content import MESSAGE_CATEGORY, Ceiling, CeilingGround, CeilingItem, Ground, TaskRef
from schemas.facts import PartyFact
from schemas.ids import Address, CaseRef, FieldPath, MessageId, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.rules.basis import expected_basis, live_decrees
from schemas.rules.secrecy import secrecies
from schemas.strict import Json

KIND = "triagevraag"
BUCKET: Final = 16384
"""Of an answer: its one-time key alone takes more than half of the smallest."""
JOINS = frozenset({"sleutel_ontbreekt", "geen_deelnemer", "ontvanger_niet_bevoegd", "buiten_de_deelnemers"})
"""What is only missing because the asked party has not been brought into the case yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the procesregisseur asks, of whom, about one person, and why."""

    case: CaseRef
    subject: SubjectRef
    recipients: tuple[Address, ...]
    necessity: str
    explanation: str = field(repr=False)
    answer_at: datetime
    expires: datetime
    """Until when an answer may come; after it the question is ``niet_beantwoord``."""
    categories: tuple[str, ...] | None = None
    """None: all that the pack leaves."""
    themes: tuple[str, ...] = ()
    """Life domains asked about."""
    purpose: str = "eerste_beeld"
    disambiguate: bool = False
    """With birth place, postcode and house number, where more than one person may fit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of the question to one address: sent, waiting, refused, or (None) no key came in time."""

    address: Address
    outcome: Sent | Pending | NotSent | None


@dataclass(frozen=True, slots=True)
class _Case:
    row: CaseRow
    pack: Pack
    mandate: str
    task: TaskRef
    person: tuple[FiledItem, ...]
    grounds: dict[MessageId, tuple[Ground, ...]]


async def ask(place: Workplace, asking: Asking, wait: float = 30.0) -> tuple[Asked, ...]:
    """Ask every address; ``wait``: seconds for its key. Raises :class:`UseError` where there is nothing to ask with."""
    if not place.directs:
        raise UseError("alleen het huis vraagt; een partij antwoordt")
    check_text(place.house.pack_at(place.clock()), KIND, asking.explanation)
    case = await _case(place, asking)
    return tuple(await asyncio.gather(*(_ask_one(place, asking, case, to, wait) for to in asking.recipients)))


async def _ask_one(place: Workplace, asking: Asking, case: _Case, to: Address, wait: float) -> Asked:
    dry = Recipient(to, new_key(keys_of_cases.between(place, place.house_address, to)).public)
    manifest, parcel = _question(place, asking, case, dry)
    tried = await outgoing.prepare(place, manifest, parcel)
    if isinstance(tried, NotSent):
        reasons = tuple(reason for reason in tried.reasons if reason.code not in JOINS)
        if reasons:
            refusal = NotSent(manifest.id, reasons, at_home=True)
            await outgoing.record_not_sent(place, manifest, refusal)
            return Asked(to, refusal)
    key = await keys_of_cases.ensure(place, asking.case, case.row.phase, manifest.sender, to, wait)
    if key is None or isinstance(key, NotSent):
        return Asked(to, key)
    return Asked(to, await outgoing.send(place, *_question(place, asking, case, key)))


async def _case(place: Workplace, asking: Asking) -> _Case:
    now = place.clock()
    pack = place.house.pack_at(now)
    async with place.database.begin() as tx:
        row = await queries.case_row(tx, asking.case)
        starts = await queries.messages_of(tx, asking.case, "aanmelding_start")
        items = await read_items(tx, place.keyring, asking.case)
        carriers = {one.message: await queries.known(tx, one.message) for one in items}
    start = starts[0].source.manifest.act if starts else None
    if row is None or not isinstance(start, Start):
        raise UseError("deze casus is hier niet bekend; kijk met `cases`")
    person = tuple(one for one in items if one.item.subject == asking.subject and one.phase == row.phase)
    if not any(one.item.category == "personalia" for one in person):
        raise UseError("de personalia van deze persoon gingen niet mee naar deze fase; zonder die valt niets te vragen")
    acting_for = place.house.members(now).parties.get(row.acting_for)
    if acting_for is None or not acting_for.tasks:
        raise UseError("de partij namens wie het huis vraagt heeft in haar toetreding geen taak")
    return _Case(
        row=row,
        pack=pack,
        mandate=start.mandate,
        task=TaskRef(of=row.acting_for, code=acting_for.tasks[0]),
        person=person,
        grounds={
            ident: tuple(g for g in manifest_of(known.manifest).grounds if isinstance(g, Ground))
            for ident, known in carriers.items()
            if known is not None
        },
    )


def _question(place: Workplace, asking: Asking, case: _Case, to: Recipient) -> tuple[Manifest, Parcel]:
    now = place.clock()
    house = place.house_address
    items, grounds = _content(place, asking, case, now)
    necessity, opening = explained(asking.necessity, asking.explanation)
    parcel = Parcel.of(Plaintext(all_disclosures(items), None, opening), [to])
    act = Question(
        ceiling=_ceiling(place, asking, case, to.address, now), answer_at=asking.answer_at, mandate=case.mandate
    )
    frame = Frame(
        id=new_id(),
        kind=KIND,
        sender=house,
        to=(to.address,),
        case=asking.case,
        phase=case.row.phase,
        purpose=asking.purpose,
        act=act,
        on_behalf_of=case.row.acting_for,
        expires=asking.expires,
    )
    manifest = draft(
        place,
        frame,
        now,
        disclosure="exact",
        items=tuple(one.item for one in items),
        grounds=grounds,
        necessity=necessity,
        sealed=parcel.outside,
    )
    return manifest, parcel


def _content(
    place: Workplace, asking: Asking, case: _Case, now: datetime
) -> tuple[tuple[Salted, ...], tuple[Ground, ...]]:
    """The search key, each item on the ground on which its provider gave it; and the themes."""
    wanted: list[tuple[FiledItem, dict[str, Json], Ground]] = []
    for one in case.person:
        fields = _search_fields(case.pack, one, disambiguate=asking.disambiguate)
        if fields:
            wanted.append((one, fields, case.grounds[one.message][one.item.ground]))
    themes = _own_ground(place, case, now) if asking.themes else None
    rows = [ground for _, _, ground in wanted] + ([themes] if themes else [])
    grounds, places = grounds_of(rows)
    found = []
    for (one, fields, _), index in zip(wanted, places, strict=False):
        about = About(
            subject=one.item.subject,
            subject_category=one.item.subject_category,
            category=one.item.category,
            level="B",
            regime=one.item.regime,
            as_of=one.item.as_of,
            nature=one.item.nature,
            ground=index,
            origin=one.item.origin,
        )
        found.append(salt(about, fields, place.house_address))
    if themes:
        found.append(_themes(place, asking, case, places[-1], now))
    return tuple(found), grounds


def _search_fields(pack: Pack, one: FiledItem, *, disambiguate: bool) -> dict[str, Json]:
    row = pack.ceiling.get(("triage", KIND, one.item.category, one.item.subject_category))
    if row is None or row.level != "B":
        return {}
    fields = {str(field.name): field for field in pack.fields_of(row)}
    return {
        name: value
        for name, value in one.values.items()
        if name in fields and (disambiguate or not fields[name].disambiguation)
    }


def _own_ground(place: Workplace, case: _Case, now: datetime) -> Ground:
    """The ground of what the house itself says, which is that of the party that it acts for (5.1)."""
    party = place.house.members(now).parties[case.row.acting_for]
    who = case.pack.capacity[Term(party.address.function)]
    basis = expected_basis(case.pack, who, party, MESSAGE_CATEGORY, now)
    decree = next((row.id for row in live_decrees(party, now) if row.basis == basis), None)
    plain = CeilingGround(basis=basis, task=case.task, secrecy=secrecies(case.pack, party), decree=decree)
    return exact_ground(case.pack, plain)


def _themes(place: Workplace, asking: Asking, case: _Case, ground: int, now: datetime) -> Salted:
    who = case.pack.capacity[Term(case.row.acting_for.function)]
    about = About(
        subject=asking.subject,
        subject_category=case.person[0].item.subject_category,
        category=MESSAGE_CATEGORY,
        level="I",
        regime=who.regime,
        as_of=now.date(),
        ground=ground,
    )
    return salt(about, {"leefgebieden": list(asking.themes)}, place.house_address)


def _ceiling(place: Workplace, asking: Asking, case: _Case, to: Address, now: datetime) -> Ceiling:
    """What the pack leaves of the chosen categories, and what it does not, for the kernel to refuse."""
    party = place.house.members(now).parties.get(to) or PartyFact(address=to, since=now)
    kind = case.person[0].item.subject_category
    try:
        ceiling = ceiling_for(
            case.pack,
            party,
            subject=asking.subject,
            subject_category=kind,
            acting_for=case.task.of,
            task=case.task.code,
            expires=asking.expires,
            now=now,
            purpose=asking.purpose,
            necessity=Term(asking.necessity),
            contact=new_reference(SubjectRef),
            categories=asking.categories,
            phase=case.row.phase,
            bucket=BUCKET,
        )
    except AskingError as error:
        raise UseError(f"aan {to} kan in deze fase niets over deze persoon worden gevraagd") from error
    missing = set(asking.categories or ()) - {item.category for item in ceiling.items}
    over = tuple(_beyond(case.pack, ceiling, asking.subject, kind, name) for name in sorted(missing))
    return ceiling.model_copy(update={"items": ceiling.items + over})


def _beyond(pack: Pack, ceiling: Ceiling, subject: SubjectRef, kind: Term, name: str) -> CeilingItem:
    category = pack.category.get(Term(name))
    fields: Sequence[FieldPath] = tuple(FieldPath(f"/{field.name}") for field in category.fields) if category else ()
    return CeilingItem(
        subject=subject,
        subject_category=kind,
        category=Term(name),
        level="I",
        regime=ceiling.items[0].regime,
        ground=0,
        fields=tuple(fields) or (FieldPath("/onbekend"),),
    )
