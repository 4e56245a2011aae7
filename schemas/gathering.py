"""The one constructor of facts: signed messages and records, folded into what bears on one message.

:func:`gather` takes the members of the house and the *sources* (accepted messages of the case, in ledger order) and
keeps only what concerns the message in hand, so that nobody learns from its facts who else takes part. Total: a source
that does not fit (of another case, of a sender who may not say this, against what was decided before) says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas import gathering_course, gathering_decisions, gathering_size
from schemas.acts import (
    Act,
    Agreement,
    AgreementRequest,
    CaseKey,
    Informed,
    Keys,
    Permission,
    Question,
)
from schemas.canonical import digest_text
from schemas.facts import CaseFact, Facts, InformedFact, KeyFact, RosterFact, ThreadFact
from schemas.gathering_course import Course, appointed
from schemas.gathering_sources import FACT_KINDS, Source, Sources
from schemas.ids import Address, CaseRef, Digest, PackDigest, SubjectRef, Term
from schemas.manifest import Manifest
from schemas.members import Members

__all__ = ["FACT_KINDS", "Gathered", "Source", "gather"]


_UNTOLD = datetime(2000, 1, 1, tzinfo=UTC)


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
    bounded: bool = True,
) -> Gathered:
    """The facts that bear on ``manifest``, and the sources that make them: with these alone they are the same again.

    ``sources``: accepted messages of its case whose kind is in ``FACT_KINDS``, in ledger order; others are ignored,
    as are those of another case or house.
    ``thread``: the message of ``reply_to``, where it is known. Total: whatever is missing is simply absent.
    Where it is more than a reader takes, only that is told, and no source of it (:mod:`schemas.gathering_size`);
    ``bounded`` is off for who looks over what it holds itself, which goes nowhere.
    What bears on the sealed half of an answer alone (a consent taken back, a restriction) is known where ``manifest``
    is that half as it would stand under exact (:func:`schemas.policy.as_exact`); those sources travel with nothing.
    """
    house, heard = members.house_address, Sources(members.house, manifest.case, sources)
    originals = gathering_decisions.originals_of(manifest)
    course = gathering_course.follow(heard, house, originals)
    case = _case(heard, manifest, thread, house, course)
    # The house knows all, also of whom it has not brought in yet.
    visible = {row.address for row in case.roster} if case else set[Address]()
    to = [address for address in manifest.to if address in visible or manifest.sender == house]
    agreements = gathering_decisions.agreements(heard, manifest, originals, to)
    permissions = gathering_decisions.permissions(heard, manifest)
    providers = {fact.provider for fact in agreements} | {fact.provider for fact in permissions}
    known = _named(manifest, case) | providers
    facts = Facts(
        house=members.house,
        house_address=house,
        packs=tuple(row for row in members.packs if row.digest in _packs_of(manifest, thread)),
        parties=tuple(members.parties[a] for a in sorted(known) if a in members.parties),
        case=case,
        thread=_thread(thread, answered=answered),
        informed=_informed(heard, manifest, _telling(manifest, case, house, visible | providers)),
        agreements=agreements,
        stopped=gathering_decisions.stopped(heard, originals, house),
        withdrawn=gathering_decisions.withdrawn(heard, manifest, agreements),
        restrictions=gathering_decisions.restrictions(heard, originals, house),
        permissions=permissions,
        agreed=gathering_decisions.agreed(heard, manifest, course.decisions if course else (), house),
        item_taken=item_taken,
    )
    if bounded and gathering_size.too_large(facts, heard.used()):
        return Gathered(gathering_size.least(facts, manifest), ())
    return Gathered(facts, tuple(source.sha256 for source in heard.used()))


def _packs_of(manifest: Manifest, thread: Source | None) -> set[PackDigest]:
    return {manifest.pack} | ({thread.manifest.pack} if thread else set())


def _named(manifest: Manifest, case: CaseFact | None) -> set[Address]:
    """Whoever the message or its case names: what the directory says of these is known to every member."""
    named = {manifest.sender, *manifest.to, *(ground.task.of for ground in manifest.grounds)}
    named |= {item.origin.party for item in manifest.exact_items}
    if manifest.on_behalf_of:
        named.add(manifest.on_behalf_of)
    if case:
        named |= {case.notifier, case.acting_for}
    return named.union(_named_in(manifest.act))


def _named_in(act: Act | None) -> tuple[Address, ...]:
    if isinstance(act, Question):
        return tuple(ground.task.of for ground in act.ceiling.grounds)
    if isinstance(act, Agreement | AgreementRequest):
        holder, task = act.use.holder, act.use.task
        return (*((holder,) if isinstance(holder, Address) else ()), *((task.of,) if task else ()))
    return (act.holder,) if isinstance(act, Permission) else appointed(act)


def _case(
    sources: Sources, manifest: Manifest, thread: Source | None, house: Address, course: Course | None
) -> CaseFact | None:
    if sources.start is None or course is None or manifest.case is None:
        return None
    source, start = sources.start
    sources.use(source)
    roster = gathering_course.roster(sources, source, manifest, thread, house, course.casusregie)
    if isinstance(manifest.act, Permission) and not _stands(roster, manifest.sender):
        return _from_outside(manifest.case, course.phase, roster, manifest.sender)
    notifier = source.manifest.sender
    return CaseFact(
        case=manifest.case,
        phase=course.phase,
        opened=source.time,
        phase_since=course.since,
        notifier=notifier,
        acting_for=course.casusregie or notifier,
        mandate=digest_text(start.mandate),
        roster=roster,
        keys=_keys(sources, course.phase, {row.address for row in roster}.intersection(manifest.to)),
        kept=course.kept,
        casusregie=course.casusregie,
    )


def _stands(roster: Sequence[RosterFact], address: Address) -> bool:
    """Whether it takes part still."""
    return any(row.address == address and row.until is None for row in roster)


def _from_outside(case: CaseRef, phase: Term, roster: Sequence[RosterFact], sender: Address) -> CaseFact:
    """The case for who allows something without taking part (7.1): its phase, and whom it may answer.

    Who notified, on which mandate and when anything began is not told: it itself and a day long ago stand for it.
    """
    return CaseFact(
        case=case,
        phase=phase,
        opened=_UNTOLD,
        phase_since=_UNTOLD,
        notifier=sender,
        acting_for=sender,
        mandate=digest_text(""),
        roster=tuple(row.model_copy(update={"since": _UNTOLD}) for row in roster if row.role != "melder"),
    )


def _keys(sources: Sources, phase: Term, known: set[Address]) -> tuple[KeyFact, ...]:
    """The newest live key in the phase of each of ``known``: the recipients that the sender may know to take part."""
    newest: dict[Address, tuple[CaseKey, Source]] = {}
    for source, act in sources.acts("keys", Keys):
        sender = source.manifest.sender
        for key in act.keys if sender in known else ():
            held = newest.get(sender)
            if key.phase == phase and (held is None or key.epoch >= held[0].epoch):
                newest[sender] = (key, source)
    sources.use(*(source for _, source in newest.values()))
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


def _telling(manifest: Manifest, case: CaseFact | None, house: Address, known: Collection[Address]) -> set[Address]:
    """Whose word about a person counts: the notifier, whom the house acts for, and who provides here (16.1, 16.2).

    Whoever a sender says provides is heard only where it may be told that it takes part (1.19), so that nobody learns
    it by saying so: of ``known`` that is so. The house knows all.
    """
    providing = {item.origin.party for item in manifest.exact_items}
    if isinstance(manifest.act, Question):
        providing.update(manifest.to)
    if manifest.ceiling_items:
        providing.add(manifest.sender)
    if manifest.sender != house:
        providing &= {*known, manifest.sender}
    return providing | ({case.notifier, case.acting_for} if case else set())


def _informed(sources: Sources, manifest: Manifest, telling: Collection[Address]) -> tuple[InformedFact, ...]:
    """The latest word about each person of the message, of each of ``telling``."""
    wanted = {item.subject for item in manifest.items}
    if isinstance(manifest.act, Question):
        wanted |= {item.subject for item in manifest.act.ceiling.items}
    latest: dict[tuple[SubjectRef, Address], tuple[InformedFact, Source]] = {}
    for source, act in sources.acts("informed", Informed):
        sender = source.manifest.sender
        for subject in wanted.intersection(act.subjects) if sender in telling else ():
            fact = InformedFact(subject=subject, by=sender, at=act.at, recheck=act.recheck)
            latest[subject, sender] = (fact, source)
    sources.use(*(source for _, source in latest.values()))
    return tuple(fact for _, (fact, _) in sorted(latest.items()))
