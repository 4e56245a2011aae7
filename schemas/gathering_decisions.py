"""What was decided about the items that a message passes on: agreed, refused, taken back, wrong, restricted, permitted.

Only the word of an item's own provider counts (2.1, 3.5c, 7.2d); that of the house too where it narrows on behalf of
all (9.5, 20). What an item is derived from has a provider like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from schemas.acts import (
    AgreedItem,
    Agreement,
    Correction,
    Deed,
    Invitation,
    Permission,
    PhaseDecision,
    Restriction,
    RestrictionEnd,
    Use,
    Withdrawal,
)
from schemas.content import Ground, TaskRef
from schemas.facts import AgreedFact, AgreementFact, PermissionFact, RestrictionFact, StoppedFact, WithdrawnFact
from schemas.gathering_sources import Source, Sources
from schemas.ids import Address, ItemRef, MessageId, Reference, Term
from schemas.manifest import Manifest

Originals = Mapping[ItemRef, frozenset[Address]]
"""The items that a message passes on, and those that these are derived from, with whose they are said to be."""


def originals_of(manifest: Manifest) -> Originals:
    """What a message is made of, by the number under which each was first provided."""
    named: dict[ItemRef, frozenset[Address]] = {}
    for item in manifest.exact_items:
        for origin in (item.origin, *item.derived_from):
            named[origin.item] = named.get(origin.item, frozenset()) | {origin.party}
    return named


def _is(originals: Originals, item: ItemRef, provider: Address) -> bool:
    """Whether this is an item of the message, and that its provider."""
    return provider in originals.get(item, ())


@dataclass(frozen=True)
class _Word:
    """An agreement about one item that stands, and the other purposes that were refused since."""

    source: Source
    act: Agreement
    agreed: AgreedItem
    refused: tuple[Term, ...] = ()

    def fact(self) -> AgreementFact:
        """What it says."""
        use = self.act.use
        return AgreementFact(
            **dict(self.agreed),
            provider=self.source.manifest.sender,
            phase=use.phase,
            purpose=use.purpose,
            holder=use.holder,
            until=self.act.until,
            since=self.source.time,
            task=use.task,
            refused=self.refused,
        )


_Holding = tuple[Term, str, TaskRef | None]
"""A purpose, a holder and, where it is for that alone, the holder's task."""

_Words = dict[_Holding, _Word]
"""The agreements that stand about one item, by the use that each is for."""


def agreements(
    sources: Sources, manifest: Manifest, originals: Originals, to: Collection[Address]
) -> tuple[AgreementFact, ...]:
    """Agreements in this phase about the originals of a message, for a recipient of it; a later one replaces.

    ``to``: the recipients whose part in the case may be told; of others it would say that they were asked (1.19). Only
    agreements that can bear on it are told: those for no task in particular, and those for a task that it names.
    A later refusal takes away every agreement that it touches: one for an address also that of its function, and one
    for a function also that of the address (3.5c); one that names no task also those for a task (3.5d). The last of
    each use travels along, so that the recipient counts the same.
    """
    holders: set[str] = {*to, *(address.function for address in to)}
    tasks = {None, *(ground.task for ground in manifest.grounds)}
    live: dict[tuple[ItemRef, Address], _Words] = {}
    refusals: dict[tuple[ItemRef, Address, _Holding], Source] = {}
    for source, act in sources.acts("agreements", Agreement):
        sender, use = source.manifest.sender, act.use
        if use.phase != manifest.phase or use.holder not in holders or use.task not in tasks:
            continue
        for agreed in act.items:
            if not _is(originals, agreed.item, sender):
                continue
            words = live.setdefault((agreed.item, sender), {})
            holding = (use.purpose, use.holder, use.task)
            if act.decision == "akkoord":
                words[holding] = _Word(source, act, agreed)
            else:
                refusals[agreed.item, sender, holding] = source
                _refuse(words, use)
    found = [word for words in live.values() for word in words.values()]
    sources.use(*(word.source for word in found), *refusals.values())
    return tuple(sorted((word.fact() for word in found), key=_place))


def _refuse(words: _Words, use: Use) -> None:
    """Take away what a refusal is about; on what stands for another purpose it leaves its mark."""
    for holding, word in list(words.items()):
        purpose, holder, task = holding
        if not _same(holder, use.holder) or use.task not in {None, task}:
            continue
        if purpose == use.purpose:
            del words[holding]
        elif use.purpose not in word.refused:
            words[holding] = replace(word, refused=tuple(sorted((*word.refused, use.purpose))))


def _same(one: str, other: str) -> bool:
    """Whether two holders, each an address or a function, can be one and the same."""
    return one == other or one.partition(":")[2] == other or other.partition(":")[2] == one


def _place(fact: AgreementFact) -> tuple[str, ...]:
    task = (fact.task.of, fact.task.code) if fact.task else ()
    return (fact.item, fact.provider, fact.purpose, fact.holder, *task)


def stopped(sources: Sources, originals: Originals, house: Address) -> tuple[StoppedFact, ...]:
    """Items that go no further: the provider took them back, or it or the house says that they are wrong."""
    found: dict[tuple[ItemRef, Address, str], StoppedFact] = {}
    for source in sources.about("stops"):
        act, sender = source.manifest.act, source.manifest.sender
        if not isinstance(act, Withdrawal | Correction):
            continue
        why: Literal["onjuist", "ingetrokken"] = "onjuist" if isinstance(act, Correction) else "ingetrokken"
        for origin in act.items:
            told = sender == origin.party or (why == "onjuist" and sender == house)
            stop = (origin.item, origin.party, why)
            if told and stop not in found and _is(originals, origin.item, origin.party):
                sources.use(source)
                found[stop] = StoppedFact(item=origin.item, provider=origin.party, why=why, since=source.time)
    return tuple(fact for _, fact in sorted(found.items()))


def restrictions(sources: Sources, originals: Originals, house: Address) -> tuple[RestrictionFact, ...]:
    """Items that are stored and not used, as the provider or the house says; who restricted ends it, and nobody else.

    One that ended says nothing about this message any more: neither it nor its end travels along.
    """
    live: dict[tuple[ItemRef, Address, Address], dict[Term, tuple[RestrictionFact, Source]]] = {}
    for source in sources.about("restrictions"):
        act, sender = source.manifest.act, source.manifest.sender
        if not isinstance(act, Restriction | RestrictionEnd):
            continue
        for origin in act.items:
            if sender not in {origin.party, house} or not _is(originals, origin.item, origin.party):
                continue
            if isinstance(act, RestrictionEnd):
                live.pop((origin.item, origin.party, sender), None)
                continue
            fact = RestrictionFact(item=origin.item, provider=origin.party, ground=act.ground, since=source.time)
            live.setdefault((origin.item, origin.party, sender), {}).setdefault(act.ground, (fact, source))
    found = [pair for _, grounds in sorted(live.items()) for _, pair in sorted(grounds.items())]
    sources.use(*(source for _, source in found))
    return tuple(fact for fact, _ in found)


def _grounds(manifest: Manifest) -> Iterator[tuple[Ground, set[Address]]]:
    """The grounds of what goes exactly, each with the providers of the items that stand on it."""
    parties: dict[int, set[Address]] = {}
    for item in manifest.exact_items:
        parties.setdefault(item.ground, set()).add(item.origin.party)
    for index, ground in enumerate(manifest.grounds):
        if isinstance(ground, Ground):
            yield ground, parties.get(index, set())


def withdrawn(sources: Sources, manifest: Manifest, agreements: Collection[AgreementFact]) -> tuple[WithdrawnFact, ...]:
    """The consents that were taken back, as their providers told: those named in the message's grounds, and those on
    which its ``agreements`` rest (7.2d)."""
    named: dict[Reference, set[Address]] = {}
    for ground, parties in _grounds(manifest):
        if ground.consent:
            named.setdefault(ground.consent.ref, set()).update(parties)
    for fact in agreements:
        if fact.consent:
            named.setdefault(fact.consent.ref, set()).add(fact.provider)
    found: dict[tuple[Reference, Address], WithdrawnFact] = {}
    for source, act in sources.acts("stops", Withdrawal):
        sender = source.manifest.sender
        if sender in named.get(act.consent, ()) and (act.consent, sender) not in found:
            sources.use(source)
            found[act.consent, sender] = WithdrawnFact(consent=act.consent, provider=sender, since=source.time)
    return tuple(fact for _, fact in sorted(found.items()))


def permissions(sources: Sources, manifest: Manifest) -> tuple[PermissionFact, ...]:
    """The permissions named in the message's grounds, given by whose items stand on these (7.1)."""
    named: dict[MessageId, set[Address]] = {}
    for ground, parties in _grounds(manifest):
        if ground.permission:
            named.setdefault(ground.permission, set()).update(parties)
    found: dict[tuple[MessageId, Address], PermissionFact] = {}
    for source, act in sources.acts("permissions", Permission):
        number, sender = source.manifest.id, source.manifest.sender
        if sender in named.get(number, ()) and (number, sender) not in found:
            sources.use(source)
            found[number, sender] = PermissionFact(id=number, provider=sender, **dict(act))
    return tuple(fact for _, fact in sorted(found.items()))


def agreed(sources: Sources, manifest: Manifest, decisions: Sequence[Source], house: Address) -> AgreedFact | None:
    """The plan or the decision of the house that the message names in its act (5.3.1, 1.20)."""
    if not isinstance(manifest.act, Deed | Invitation):
        return None
    for source in (*decisions, *sources.about("plans")):
        named, act = source.manifest, source.manifest.act
        if named.id != manifest.act.agreement or named.sender != house:
            continue
        sources.use(source)
        decided = act if isinstance(act, PhaseDecision) else None
        return AgreedFact(
            id=named.id,
            kind=named.kind,
            phase=named.phase,
            decision=decided.decision if decided else None,
            casusregie=decided.casusregie if decided else None,
        )
    return None
