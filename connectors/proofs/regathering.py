"""The facts of a decision, gathered again from what stood in the log before it: nothing invented, nothing left out.

The same constructor as broker and connectors use (:func:`schemas.gathering.gather`). A party sees part of a case. Where
it sees every entry before this one, or its sources came along with the message, the facts must be the same; else what
can only come from messages that it would have seen must be: its own, what the records say, what nobody can take back.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.proofs.replay import House
from connectors.proofs.report import Problem
from schemas.acts import Act, Agreement, Informed, Invitation, Keys, Permission, Start, Withdrawal
from schemas.entry import Body
from schemas.facts import CaseFact, Facts
from schemas.gathering import FACT_KINDS, Source, gather
from schemas.ids import Address, Digest, MessageId
from schemas.lifecycle import JOINING_KIND
from schemas.manifest import Manifest
from schemas.members import Members

HIDDEN: Final = "feiten_niet_zichtbaar"
TOO_MUCH: Final = "feiten_te_veel"
_LASTING: Final = ("stopped", "permissions")
"""What is there stays there: nobody can take it back."""


@dataclass
class CaseView:
    """What this party sees of one case, in the order of the log."""

    messages: list[tuple[int, Source]] = field(default_factory=list)
    numbers: list[tuple[int, int]] = field(default_factory=list)
    """Place in the log, and the number within the case."""
    delivered: set[Digest] = field(default_factory=set)
    """Messages to me that I took: their sources came along."""
    unplaced: bool = False
    """Something is known of which the place in the log is not."""

    def add(self, index: int, source: Source) -> None:
        """One more message; a second time is nothing."""
        at = bisect_left(self.messages, index, key=lambda row: row[0])
        if at == len(self.messages) or self.messages[at][0] != index:
            self.messages.insert(at, (index, source))

    def count(self, index: int, number: int) -> bool:
        """One more entry; False where the log counts backwards."""
        insort(self.numbers, (index, number))
        return all(other <= number for place, other in self.numbers if place < index)

    def before(self, index: int) -> list[Source]:
        """Messages that stood in the log before a place."""
        return [source for _, source in self.messages[: bisect_left(self.messages, index, key=lambda row: row[0])]]

    def whole(self, index: int, number: int) -> bool:
        """Whether every entry of the case before this one is seen."""
        seen = {other for place, other in self.numbers if place < index}
        first = min(seen, default=number)
        return first <= 1 and seen.issuperset(range(first, number))


@dataclass(frozen=True, slots=True)
class Gathered:
    """``same``: the facts are those of the log, as far as they can be seen."""

    same: bool
    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = ()


def regather(index: int, body: Body, manifest: Manifest, view: CaseView, house: House) -> Gathered:
    """Compare the facts in ``body`` with those of the log. ``body`` has facts, and was judged to be of ``manifest``."""
    facts = body.facts
    if facts is None:
        return Gathered(same=False)
    seen = view.before(index)
    thread = _thread(manifest, seen)
    answered = facts.thread is not None and facts.thread.answered
    outside = body.outcome == "refused" and facts.case is None
    exact = view.whole(index, body.case_seq) or (
        body.manifest_sha256 in view.delivered and not view.unplaced and body.outcome == "allowed"
    )
    travelled = exact and not view.whole(index, body.case_seq)
    found: list[tuple[str, str]] = []
    for before in (False, True):
        members = house.members(body.time, before=before)
        sources = [] if outside else [one for one in seen if one.manifest.kind in FACT_KINDS]
        again = gather(members, sources, manifest, thread, answered=answered, item_taken=facts.item_taken).facts
        if again == facts or (travelled and _but_restrictions(again, facts)):
            found = _replied(manifest, seen, house, facts, answered=answered)
            if outside:
                found += _left_outside(manifest, seen, thread, members, body, house)
            return Gathered(not found, _problems(index, found))
        if facts.too_much:
            continue
        if exact and not outside:
            found = list(differences(facts, again))
        else:
            found = list(_certain(facts, again, manifest, seen, members, house, outside=outside))
        if not found:
            return Gathered(same=False, unchecked=(HIDDEN,))
    if facts.too_much:
        return Gathered(same=False, unchecked=(TOO_MUCH,))
    return Gathered(same=False, problems=_problems(index, found))


def _problems(index: int, found: Collection[tuple[str, str]]) -> tuple[Problem, ...]:
    return tuple(Problem(code, index, what) for code, what in dict.fromkeys(found))


def _thread(manifest: Manifest, seen: Sequence[Source]) -> Source | None:
    """The message of ``reply_to``: what was sent to who replies, then one of its own, as the broker looks it up."""
    if manifest.reply_to is None:
        return None
    named = [source for source in seen if source.manifest.id == manifest.reply_to]
    addressed = (source for source in named if manifest.sender in source.manifest.to)
    return next(addressed, next((s for s in named if s.manifest.sender == manifest.sender), None))


def _but_restrictions(again: Facts, facts: Facts) -> bool:
    """The same, but for restrictions whose end went to others."""
    held = set(again.restrictions)
    return (
        held.issuperset(facts.restrictions) and again.model_copy(update={"restrictions": facts.restrictions}) == facts
    )


def differences(recorded: Facts, again: Facts) -> Iterator[tuple[str, str]]:
    """What stands in the one and not in the other, by the name of the fact."""
    yield from _compare("", recorded, again, skip=("case",))
    if recorded.case and again.case:
        yield from _compare("case.", recorded.case, again.case)
    elif recorded.case or again.case:
        yield ("feit_verzonnen" if recorded.case else "feit_weggelaten"), "case"


def _compare(
    prefix: str, recorded: Facts | CaseFact, again: Facts | CaseFact, skip: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    for name in type(recorded).model_fields:
        one, other = getattr(recorded, name), getattr(again, name)
        if name in skip or one == other:
            continue
        if isinstance(one, tuple):
            more, less = set(one) - set(other), set(other) - set(one)
            code = "feit_anders" if bool(more) == bool(less) else "feit_verzonnen" if more else "feit_weggelaten"
        else:
            code = "feit_verzonnen" if other is None else "feit_weggelaten" if one is None else "feit_anders"
        yield code, f"{prefix}{name}"


def _replied(
    manifest: Manifest, seen: Sequence[Source], house: House, facts: Facts, *, answered: bool
) -> list[tuple[str, str]]:
    """Whether who replies did so before: known where it is this party's own reply, or a reply to it."""
    if facts.thread is None:
        return []
    kind = (manifest.reply_to, manifest.sender, manifest.kind)
    before = any(kind == (s.manifest.reply_to, s.manifest.sender, s.manifest.kind) for s in seen)
    if before and not answered:
        return [("feit_weggelaten", "thread.answered")]
    visible = house.mine(manifest.sender) or house.mine(facts.thread.sender)
    return [("feit_verzonnen", "thread.answered")] if answered and not before and visible else []


def _left_outside(
    manifest: Manifest, seen: Sequence[Source], thread: Source | None, members: Members, body: Body, house: House
) -> list[tuple[str, str]]:
    """A refusal as to somebody outside the case, of who takes part: its part ends by a message that it would have."""
    inside = gather(members, [one for one in seen if one.manifest.kind in FACT_KINDS], manifest, thread).facts
    left_out = house.mine(manifest.sender) and inside.role(manifest.sender, body.time) is not None
    return [("feit_weggelaten", "case")] if left_out else []


def _certain(
    facts: Facts,
    again: Facts,
    manifest: Manifest,
    seen: Sequence[Source],
    members: Members,
    house: House,
    *,
    outside: bool,
) -> Iterator[tuple[str, str]]:
    """What is wrong whatever this party does not see."""
    yield from _recorded(facts, manifest, members)
    for name in ("thread", "agreed"):
        one, other = getattr(facts, name), getattr(again, name)
        if other is not None and one != other:
            yield ("feit_weggelaten" if one is None else "feit_anders"), name
    for name in _LASTING:
        if not set(getattr(again, name)) <= set(getattr(facts, name)):
            yield "feit_weggelaten", name
    yield from _never_said(facts, seen, house)
    told = not isinstance(manifest.act, Permission)  # to who allows from outside the case is told differently
    if facts.case is None or not told or outside:
        return
    yield from _roster(facts.case, seen, house, decides=house.mine(facts.house_address))
    if again.case is not None:
        yield from _case(facts.case, again.case, seen, house)


def _recorded(facts: Facts, manifest: Manifest, members: Members) -> Iterator[tuple[str, str]]:
    """What the records of the house say, which everybody sees."""
    if (facts.house, facts.house_address) != (members.house, members.house_address):
        yield "feit_anders", "house"
    if any(members.parties.get(party.address) != party for party in facts.parties):
        yield "feit_verzonnen", "parties"
    named = {party.address for party in facts.parties}
    if any(address in members.parties and address not in named for address in (manifest.sender, *manifest.to)):
        yield "feit_weggelaten", "parties"
    if any(pack not in members.packs for pack in facts.packs):
        yield "feit_verzonnen", "packs"
    if any(pack.digest == manifest.pack and pack not in facts.packs for pack in members.packs):
        yield "feit_weggelaten", "packs"


def _case(case: CaseFact, again: CaseFact, seen: Sequence[Source], house: House) -> Iterator[tuple[str, str]]:
    """The case: what its notifier and the house say of it. Who is the house sees all that it decided itself."""
    decides = any(row.role == "huis" and house.mine(row.address) for row in again.roster)
    if again.phase_since > case.phase_since:
        yield "feit_weggelaten", "case.phase"
    elif (decides and again.phase_since < case.phase_since) or (
        again.phase_since == case.phase_since and again.phase != case.phase
    ):
        yield "feit_verzonnen", "case.phase"
    if any(isinstance(source.manifest.act, Start) for source in seen):
        for name in ("opened", "notifier", "mandate"):
            if getattr(case, name) != getattr(again, name):
                yield "feit_anders", f"case.{name}"
    if decides and set(case.kept) - set(again.kept):
        yield "feit_verzonnen", "case.kept"
    if decides and set(again.kept) - set(case.kept):
        yield "feit_weggelaten", "case.kept"
    if again.phase == case.phase:
        yield from _keys(case, again)


def _roster(case: CaseFact, seen: Sequence[Source], house: House, *, decides: bool) -> Iterator[tuple[str, str]]:
    """Who was asked or admitted: the house asked and admitted itself, and a party has what was sent to it."""
    asked = {address for s in seen if s.manifest.kind == JOINING_KIND for address in s.manifest.to}
    admitted = {
        (address, s.time) for s in seen if isinstance(s.manifest.act, Invitation) for address in s.manifest.act.admit
    }
    for row in case.roster:
        if not decides and not house.mine(row.address):
            continue
        if row.role == "gevraagd" and row.address not in asked:
            yield "feit_verzonnen", "case.roster"
        if row.role == "deelnemer" and (row.address, row.since) not in admitted:
            yield "feit_verzonnen", "case.roster"


def _keys(case: CaseFact, again: CaseFact) -> Iterator[tuple[str, str]]:
    """A newer key of somebody who takes part, that was published before: the message went under an older, or none."""
    known = {key.address: key.epoch for key in case.keys}
    takes_part = {row.address for row in case.roster if row.until is None}
    for key in again.keys:
        if key.address in takes_part and known.get(key.address, -1) < key.epoch:
            yield "feit_weggelaten", "case.keys"


_Said = Sequence[tuple[Address, MessageId, Act | None]]


def _never_said(facts: Facts, seen: Sequence[Source], house: House) -> Iterator[tuple[str, str]]:
    """Facts that rest on the word of this party itself, which it never gave: all that it sent, it sees."""
    said = [(s.manifest.sender, s.manifest.id, s.manifest.act) for s in seen if house.mine(s.manifest.sender)]
    checks: tuple[tuple[str, Iterator[tuple[Address, bool]]], ...] = (
        ("case.keys", _keys_said(facts, said)),
        ("agreements", _agreements_said(facts, said)),
        ("informed", _informed_said(facts, said)),
        ("stopped", _stopped_said(facts, said)),
        ("withdrawn", _withdrawn_said(facts, said)),
        ("permissions", ((fact.provider, fact.id in {number for _, number, _ in said}) for fact in facts.permissions)),
    )
    for name, words in checks:
        if any(house.mine(by) and not given for by, given in words):
            yield "feit_verzonnen", name


def _keys_said(facts: Facts, said: _Said) -> Iterator[tuple[Address, bool]]:
    own = {(who, key.kid, key.epoch) for who, _, act in said if isinstance(act, Keys) for key in act.keys}
    for key in facts.case.keys if facts.case else ():
        yield key.address, (key.address, key.kid, key.epoch) in own


def _agreements_said(facts: Facts, said: _Said) -> Iterator[tuple[Address, bool]]:
    own = {
        (who, row.item, act.use.holder, act.use.purpose)
        for who, _, act in said
        if isinstance(act, Agreement) and act.decision == "akkoord"
        for row in act.items
    }
    for fact in facts.agreements:
        yield fact.provider, (fact.provider, fact.item, fact.holder, fact.purpose) in own


def _informed_said(facts: Facts, said: _Said) -> Iterator[tuple[Address, bool]]:
    own = {(who, subject, act.at) for who, _, act in said if isinstance(act, Informed) for subject in act.subjects}
    for fact in facts.informed:
        yield fact.by, (fact.by, fact.subject, fact.at) in own


def _stopped_said(facts: Facts, said: _Said) -> Iterator[tuple[Address, bool]]:
    own = {(who, row.item) for who, _, act in said if isinstance(act, Withdrawal) for row in act.items}
    for fact in facts.stopped:
        if fact.why == "ingetrokken":  # that it is wrong, the house may say too
            yield fact.provider, (fact.provider, fact.item) in own


def _withdrawn_said(facts: Facts, said: _Said) -> Iterator[tuple[Address, bool]]:
    own = {(who, act.consent) for who, _, act in said if isinstance(act, Withdrawal)}
    for fact in facts.withdrawn:
        yield fact.provider, (fact.provider, fact.consent) in own
