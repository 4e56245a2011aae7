"""Facts of the small world of :mod:`tests.making`: parties, a case, and what makes a message right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from schemas.canonical import digest_text
from schemas.facts import (
    AgreementFact,
    CaseFact,
    Facts,
    InformedFact,
    KeptFact,
    KeyFact,
    PackFact,
    PartyFact,
    RosterFact,
    ThreadFact,
)
from schemas.ids import Address, Kid, Term
from schemas.manifest import Manifest
from tests.making_names import (
    CASE,
    DECREE,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    MELDER,
    NOW,
    PERSON,
    RELATIVE,
    digest,
    drawn,
    pack,
)


def pack_fact(**updates: Any) -> PackFact:
    """The real pack in force, well prepared."""
    since = NOW - timedelta(days=400)
    fact = PackFact(
        digest=pack().digest,
        since=since,
        dpia="dpia-2025-1",
        consulted=(since - timedelta(days=30)).date(),
        decision="stuurgroep-2025-1",
    )
    return fact.model_copy(update=updates)


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
        declared=(NOW - timedelta(days=400)).date(),
        screened=(NOW - timedelta(days=500)).date(),
    )
    return fact.model_copy(update=updates)


def case_key(where: Address, phase: str = "triage", **updates: Any) -> KeyFact:
    """A live case key."""
    fact = KeyFact(
        address=where,
        kid=Kid(drawn(f"sleutel {where} {phase}", 32)),
        phase=Term(phase),
        epoch=0,
        not_after=NOW + timedelta(days=30),
    )
    return fact.model_copy(update=updates)


def case_fact(
    phase: str = "triage", asked: Iterable[Address] = (), taking_part: Iterable[Address] = (), **updates: Any
) -> CaseFact:
    """The case of ``MELDER``, in a phase, with those who were asked and who takes part; everybody has a live key."""
    opened, yesterday = NOW - timedelta(days=5), NOW - timedelta(days=1)
    joined = tuple(taking_part)
    rows = [
        RosterFact(address=MELDER, role="deelnemer" if MELDER in joined else "melder", since=opened),
        RosterFact(address=HOUSE, role="huis", since=opened),
        *(RosterFact(address=who, role="gevraagd", since=yesterday) for who in asked),
        *(RosterFact(address=who, role="deelnemer", since=yesterday) for who in joined if who != MELDER),
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
    purpose = manifest.purpose or Term("eerste_beeld")
    if case is not None:
        kept = tuple(KeptFact(item=item.origin.item, purpose=purpose) for item in manifest.exact_items)
        case = case.model_copy(update={"kept": kept})
    facts = Facts(
        house=HOUSE_ID,
        house_address=HOUSE,
        packs=(pack_fact(),),
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
                purpose=purpose,
                holder=manifest.to[0],
                until=NOW + timedelta(days=30),
                since=NOW - timedelta(hours=1),
                given_for=Term("toetsen_criteria") if manifest.phase == "triage" else purpose,
            )
            for item in manifest.exact_items
            if item.origin.party != manifest.sender
        ),
    )
    return facts.model_copy(update=updates)


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
