"""Valid manifests and the facts under which they may go, for tests of kernel, broker and connectors.

One small world: a municipality (``MELDER``) that notifies, the house, and one party per capacity. Every builder takes
what a test wants otherwise; :func:`changed` alters one thing of a message that is allowed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from schemas import packs
from schemas.asking_scope import ceiling_for, exact_ground
from schemas.canonical import digest_text
from schemas.content import Ceiling, CeilingItem, ConsentRef, Ground, Inner, Item
from schemas.facts import (
    AgreementFact,
    CaseFact,
    DecreeFact,
    Facts,
    InformedFact,
    KeyFact,
    PackFact,
    PartyFact,
    RosterFact,
    ThreadFact,
)
from schemas.ids import (
    Address,
    CaseRef,
    Digest,
    HouseId,
    ItemRef,
    Kid,
    MessageId,
    PackDigest,
    Reference,
    SubjectRef,
    Term,
)
from schemas.manifest import Manifest
from schemas.pack import Pack

NOW = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
HOUSE_ID = HouseId("drenthe")
MANDATE = "eyJ0.mandaat.handtekening"


@cache
def pack() -> Pack:
    """The real pack."""
    return packs.load("zvh-protocol-2019")


def _bytes(label: str, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(label.encode()).digest()[:size]).rstrip(b"=").decode()


def reference(label: str) -> Reference:
    """A reference that is the same for the same label."""
    return Reference(_bytes(label, 16))


def digest(label: str) -> Digest:
    """A digest of a label."""
    return Digest(_bytes(label, 32))


def message_id(label: str) -> MessageId:
    """A message id that is the same for the same label."""
    text = hashlib.sha256(label.encode()).hexdigest()
    return MessageId(f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:32]}")


def address(number: int, function: str) -> Address:
    """An address with a test OIN."""
    return Address(f"00000099{number:012d}:{function}")


HOUSE = address(1, "procesregie")
MELDER = address(2, "college_bw")
CAPACITIES = (
    "burgemeester",
    "om",
    "politie",
    "rvdk",
    "veilig_thuis",
    "reclassering",
    "gecertificeerde_instelling",
    "ggz",
    "ggd",
    "dji",
    "zorgaanbieder",
    "geen_grondslag",
)
PARTY: dict[str, Address] = {name: address(10 + index, name) for index, name in enumerate(CAPACITIES)}
COLLEGE = address(9, "college_bw")
PARTY["college_bw"] = COLLEGE

CASE = CaseRef(reference("casus"))
PERSON = SubjectRef(reference("betrokkene"))
RELATIVE = SubjectRef(reference("directe relatie"))
CONTACT = SubjectRef(reference("contactpersoon"))
DECREE = DecreeFact(
    id=Term("besluit_1"), basis=Term("wpg_20"), since=NOW - timedelta(days=300), until=NOW + timedelta(days=300)
)


def changed(model: Any, **updates: Any) -> Any:
    """The same, with members set anew and checked again; ``**{"sealed.bucket": 16384}`` reaches inside."""
    members = {name: getattr(model, name) for name in type(model).model_fields}
    for path, value in updates.items():
        name, _, rest = path.partition(".")
        if not rest:
            members[name] = value
        elif isinstance(members[name], tuple):
            index, _, inner = rest.partition(".")
            row = list(members[name])
            row[int(index)] = changed(row[int(index)], **{inner: value}) if inner else value
            members[name] = tuple(row)
        else:
            members[name] = changed(members[name], **{rest: value})
    return type(model).model_validate(members)


def party_fact(where: Address, **updates: Any) -> PartyFact:
    """A party as its accession says: all tasks and secrecies of its capacity; the police with their decree."""
    capacity = pack().capacity.get(where.function)
    fact = PartyFact(
        address=where,
        since=NOW - timedelta(days=400),
        tasks=capacity.tasks if capacity else (),
        secrecy=capacity.secrecy if capacity else (),
        provides_for=(Term("wmo_2_3_1_2_3_5"),) if where.function == "geen_grondslag" else (),
        decrees=(DECREE,) if where.function == "politie" else (),
    )
    return fact.model_copy(update=updates)


def case_key(where: Address, phase: str = "triage", **updates: Any) -> KeyFact:
    """A live case key."""
    fact = KeyFact(
        address=where,
        kid=Kid(_bytes(f"sleutel {where} {phase}", 32)),
        phase=Term(phase),
        epoch=0,
        not_after=NOW + timedelta(days=30),
    )
    return fact.model_copy(update=updates)


def case_fact(phase: str = "triage", asked: Iterable[Address] = (), **updates: Any) -> CaseFact:
    """The case of ``MELDER``, in a phase, with those who were asked; everybody has a live key."""
    opened = NOW - timedelta(days=5)
    rows = [
        RosterFact(address=MELDER, role="melder", since=opened),
        RosterFact(address=HOUSE, role="huis", since=opened),
        *(RosterFact(address=who, role="gevraagd", since=NOW - timedelta(days=1)) for who in asked),
    ]
    fact = CaseFact(
        case=CASE,
        phase=Term(phase),
        opened=opened,
        phase_since=NOW - timedelta(days=2),
        notifier=MELDER,
        acting_for=MELDER,
        mandate=digest_text(MANDATE),
        roster=tuple(rows),
        keys=tuple(case_key(row.address, phase) for row in rows),
    )
    return fact.model_copy(update=updates)


def facts_for(manifest: Manifest, case: CaseFact | None = None, **updates: Any) -> Facts:
    """The facts under which ``manifest`` may go: members, case, everybody informed, what goes on agreed to."""
    named = {manifest.sender, *manifest.to, HOUSE, MELDER} | {item.origin.party for item in manifest.exact_items}
    if case is not None:
        case = case.model_copy(update={"kept": tuple(item.origin.item for item in manifest.exact_items)})
    facts = Facts(
        house=HOUSE_ID,
        house_address=HOUSE,
        packs=(PackFact(digest=pack().digest, since=NOW - timedelta(days=400)),),
        parties=tuple(party_fact(who) for who in sorted(named)),
        case=case,
        informed=tuple(InformedFact(subject=who, by=MELDER, at=date(2026, 3, 1)) for who in sorted({PERSON, RELATIVE})),
        agreements=tuple(
            AgreementFact(
                item=item.origin.item,
                subject=item.subject,
                subject_category=item.subject_category,
                category=item.category,
                fields=tuple(field.path for field in item.fields),
                provider=item.origin.party,
                phase=manifest.phase or Term("triage"),
                purpose=manifest.purpose or Term("eerste_beeld"),
                holder=manifest.to[0],
                until=NOW + timedelta(days=30),
            )
            for item in manifest.exact_items
            if item.origin.party != manifest.sender
        ),
    )
    return facts.model_copy(update=updates)


def manifest_of(kind: str, sender: Address, to: Address, *, phase: str = "triage", **members: Any) -> Manifest:
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
        "to": (to,),
        "on_behalf_of": MELDER if sender == HOUSE else None,
        "created": NOW,
        "expires": NOW + timedelta(days=3),
        "act": {} if kind in {"aanmelding", "triageantwoord", "sleutel_verzoek"} else None,
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
    """What an ``akkoord`` says of an item: as it was first provided."""
    about = item.model_dump() if isinstance(item, Item) else item
    fields = tuple(field["path"] for field in about["fields"])
    names = ("item", "subject", "subject_category", "category")
    return {name: about[name] for name in names} | {"fields": fields} | members


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


def thread_of(manifest: Manifest, **updates: Any) -> ThreadFact:
    """A message as the thread of its reply."""
    act = manifest.act
    fact = ThreadFact(
        id=manifest.id,
        kind=manifest.kind,
        case=manifest.case,
        manifest_sha256=digest(manifest.id),
        sealed_sha256=manifest.sealed.sha256 if manifest.sealed else None,
        sender=manifest.sender,
        to=manifest.to,
        phase=manifest.phase,
        purpose=manifest.purpose,
        pack=manifest.pack,
        expires=manifest.expires,
        answer_at=getattr(act, "answer_at", None),
        ceiling=getattr(act, "ceiling", None),
    )
    return fact.model_copy(update=updates)


ANSWER_TIME = NOW + timedelta(days=1)


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


CONSENT = ConsentRef(ref=reference("toestemming"), date=date(2026, 3, 9))


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


OTHER_PACK = PackDigest(digest("ander pakket"))
SOME_ITEM = ItemRef(reference("een item"))
