"""The one constructor of facts: signed messages and records, folded into what bears on one message.

:func:`gather` takes the members of the house and the *sources* (accepted messages of the case, in ledger order) and
keeps only what concerns the message in hand, so that nobody learns from its facts who else takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemas.acts import Agreement, CaseKey, Informed, Keys, PhaseDecision, Question, Start
from schemas.canonical import digest_text
from schemas.facts import AgreementFact, CaseFact, Facts, InformedFact, KeyFact, RosterFact, ThreadFact
from schemas.ids import Address, Digest, ItemRef, PackDigest, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.members import Members


@dataclass(frozen=True)
class Source:
    """An accepted message that facts come from: its manifest, its digest, the time of its ledger entry."""

    manifest: Manifest
    sha256: Digest
    time: datetime


FACT_KINDS = frozenset({"aanmelding_start", "fase_besluit", "sleutel_verzoek", "sleutel", "geinformeerd", "akkoord"})
"""Kinds whose accepted messages can become facts about a case."""


@dataclass(frozen=True)
class Gathered:
    """Facts, and the digests of the messages they came from: these travel with the delivery."""

    facts: Facts
    sources: tuple[Digest, ...]


def gather(
    members: Members,
    sources: Sequence[Source],
    manifest: Manifest,
    thread: Source | None = None,
    *,
    answered: bool = False,
    item_taken: bool = False,
) -> Gathered:
    """The facts that bear on ``manifest``.

    ``sources``: accepted messages of its case whose kind is in ``FACT_KINDS``, in ledger order; others are ignored,
    as are those of another case or house.
    ``thread``: the message of ``reply_to``, where it is known. Total: whatever is missing is simply absent.
    """
    used: list[Digest] = []
    # What travels with a delivery is foreign: a message of another case says nothing about this one.
    sources = [s for s in sources if (s.manifest.house, s.manifest.case) == (members.house, manifest.case)]
    case = _case(sources, manifest, members, used)
    facts = Facts(
        house=members.house,
        house_address=members.house_address,
        packs=tuple(row for row in members.packs if row.digest in _packs_of(manifest, thread)),
        parties=tuple(members.parties[a] for a in sorted(_named(manifest, case)) if a in members.parties),
        case=case,
        thread=_thread(thread, answered=answered),
        informed=_informed(sources, manifest, case, used),
        agreements=_agreements(sources, manifest, used),
        item_taken=item_taken,
    )
    order = {source.sha256: index for index, source in enumerate(sources)}
    return Gathered(facts, tuple(sorted(set(used), key=order.__getitem__)))


def _packs_of(manifest: Manifest, thread: Source | None) -> set[PackDigest]:
    return {manifest.pack} | ({thread.manifest.pack} if thread else set())


def _named(manifest: Manifest, case: CaseFact | None) -> set[Address]:
    named = {manifest.sender, *manifest.to, *(ground.task.of for ground in manifest.grounds)}
    named |= {item.origin.party for item in manifest.exact_items}
    if manifest.on_behalf_of:
        named.add(manifest.on_behalf_of)
    if case:
        named |= {case.notifier, case.acting_for}
    if isinstance(manifest.act, PhaseDecision) and manifest.act.casusregie:
        named.add(manifest.act.casusregie)
    if isinstance(manifest.act, Question):
        named |= {ground.task.of for ground in manifest.act.ceiling.grounds}
    return named


def _case(sources: Sequence[Source], manifest: Manifest, members: Members, used: list[Digest]) -> CaseFact | None:
    start = next((s for s in sources if isinstance(s.manifest.act, Start)), None)
    if manifest.case is None or start is None or not isinstance(start.manifest.act, Start):
        return None
    used.append(start.sha256)
    phase, since, acting_for = Term("aanmelding"), start.time, start.manifest.sender
    kept: tuple[ItemRef, ...] = ()
    for source in sources:
        if isinstance(source.manifest.act, PhaseDecision) and source.manifest.sender == members.house_address:
            phase, since = source.manifest.act.new, source.time
            acting_for = source.manifest.act.casusregie or acting_for
            kept = source.manifest.act.keep
            used.append(source.sha256)
    roster = _roster(start, sources, manifest, members, used)
    return CaseFact(
        case=manifest.case,
        phase=phase,
        opened=start.time,
        phase_since=since,
        notifier=start.manifest.sender,
        acting_for=acting_for,
        mandate=digest_text(start.manifest.act.mandate),
        roster=roster,
        keys=_keys(sources, manifest, phase, {row.address for row in roster}, used),
        kept=tuple(sorted({item.origin.item for item in manifest.exact_items}.intersection(kept))),
    )


def _roster(
    start: Source, sources: Sequence[Source], manifest: Manifest, members: Members, used: list[Digest]
) -> tuple[RosterFact, ...]:
    rows = [
        RosterFact(address=start.manifest.sender, role="melder", since=start.time),
        RosterFact(address=members.house_address, role="huis", since=start.time),
    ]
    # Who was asked is known to the house and to who was asked (1.19): nobody else finds out by writing to them.
    concerned = {manifest.sender, *(manifest.to if manifest.sender == members.house_address else ())}
    if isinstance(manifest.act, PhaseDecision) and manifest.act.casusregie:
        concerned.add(manifest.act.casusregie)
    for source in sources:
        if source.manifest.kind != "sleutel_verzoek" or source.manifest.sender != members.house_address:
            continue
        for address in source.manifest.to:
            if address in concerned and address not in {row.address for row in rows}:
                rows.append(RosterFact(address=address, role="gevraagd", since=source.time))
                used.append(source.sha256)
    return tuple(rows)


def _keys(
    sources: Sequence[Source], manifest: Manifest, phase: Term, known: set[Address], used: list[Digest]
) -> tuple[KeyFact, ...]:
    """The newest live key of each recipient in the phase; ``known``: who the sender may know to take part."""
    newest: dict[Address, tuple[CaseKey, Digest]] = {}
    for source in sources:
        act = source.manifest.act
        if isinstance(act, Keys) and source.manifest.sender in known.intersection(manifest.to):
            for key in act.keys:
                held = newest.get(source.manifest.sender)
                if key.phase == phase and (held is None or key.epoch >= held[0].epoch):
                    newest[source.manifest.sender] = (key, source.sha256)
    used.extend(digest for _, digest in newest.values())
    return tuple(
        KeyFact(address=address, kid=key.kid, phase=key.phase, epoch=key.epoch, not_after=key.not_after)
        for address, (key, _) in sorted(newest.items())
    )


def _thread(thread: Source | None, *, answered: bool) -> ThreadFact | None:
    if thread is None:
        return None
    manifest = thread.manifest
    question = manifest.act if isinstance(manifest.act, Question) else None
    return ThreadFact(
        id=manifest.id,
        kind=manifest.kind,
        case=manifest.case,
        manifest_sha256=thread.sha256,
        sealed_sha256=manifest.sealed.sha256 if manifest.sealed else None,
        sender=manifest.sender,
        to=manifest.to,
        phase=manifest.phase,
        purpose=manifest.purpose,
        pack=manifest.pack,
        expires=manifest.expires,
        answer_at=question.answer_at if question else None,
        ceiling=question.ceiling if question else None,
        answered=answered,
    )


def _informed(
    sources: Sequence[Source], manifest: Manifest, case: CaseFact | None, used: list[Digest]
) -> tuple[InformedFact, ...]:
    """The latest word about each person of the message, of each whose task it is to tell that person.

    Those are the notifier, whom the house acts for, and who provides here: nobody else's word counts (16.1, 16.2).
    """
    wanted = {item.subject for item in manifest.items}
    telling = {manifest.sender, *manifest.to, *(item.origin.party for item in manifest.exact_items)}
    if isinstance(manifest.act, Question):
        wanted |= {item.subject for item in manifest.act.ceiling.items}
    if case:
        telling |= {case.notifier, case.acting_for}
    latest: dict[tuple[SubjectRef, Address], tuple[InformedFact, Digest]] = {}
    for source in sources:
        act, sender = source.manifest.act, source.manifest.sender
        if isinstance(act, Informed) and sender in telling:
            for subject in wanted.intersection(act.subjects):
                fact = InformedFact(subject=subject, by=sender, at=act.at, recheck=act.recheck)
                latest[subject, sender] = (fact, source.sha256)
    used.extend(digest for _, digest in latest.values())
    return tuple(fact for _, (fact, _) in sorted(latest.items()))


_Agreed = tuple[ItemRef, Address, Term, Term, str]
"""Item, provider, phase, purpose, holder."""


def _agreements(sources: Sequence[Source], manifest: Manifest, used: list[Digest]) -> tuple[AgreementFact, ...]:
    """Agreements about the originals of the items that go, for a recipient of this message; a later one replaces.

    A later refusal takes away every agreement that it touches: one for an address also that of its function, and one
    for a function also that of the address (3.5c). It travels along, so that the recipient counts the same.
    """
    wanted = {item.origin.item for item in manifest.exact_items}
    holders = {*manifest.to, *(address.function for address in manifest.to)}
    live: dict[_Agreed, tuple[AgreementFact, Digest]] = {}
    for source in sources:
        act, sender = source.manifest.act, source.manifest.sender
        if not isinstance(act, Agreement) or act.use.holder not in holders:
            continue
        for agreed in act.items:
            if agreed.item not in wanted:
                continue
            if act.decision == "akkoord":
                fact = AgreementFact(
                    **dict(agreed),
                    provider=sender,
                    phase=act.use.phase,
                    purpose=act.use.purpose,
                    holder=act.use.holder,
                    until=act.until,
                )
                live[agreed.item, sender, act.use.phase, act.use.purpose, act.use.holder] = (fact, source.sha256)
                continue
            used.append(source.sha256)
            touched = (agreed.item, sender, act.use.phase, act.use.purpose)
            live = {key: pair for key, pair in live.items() if key[:4] != touched or not _same(key[4], act.use.holder)}
    used.extend(digest for _, digest in live.values())
    return tuple(fact for _, (fact, _) in sorted(live.items()))


def _same(one: str, other: str) -> bool:
    """Whether two holders, each an address or a function, can be one and the same."""
    return one == other or one.partition(":")[2] == other or other.partition(":")[2] == one
