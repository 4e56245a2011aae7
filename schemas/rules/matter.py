"""What lies before the rules: pack, facts, manifest and time, and what follows from them at once.

A message can hold two provisions: what it carries itself, and, for a question, the ceiling of its answer. The rules on
basis, secrecy and minimisation look at both in the same way, so that a question is refused when its answer would be.
What several rules need is looked up once, here: a decision is made for every message at every party.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from schemas.acts import PhaseDecision, Question
from schemas.content import CeilingGround, CeilingItem, Ground, Item, Level, Necessity, Origin
from schemas.facts import AgreementFact, Facts, PartyFact, RosterFact
from schemas.ids import Address, ItemRef, Term
from schemas.manifest import Manifest
from schemas.pack import Pack
from schemas.pack_rows import Capacity, Category, CeilingRow, Kind

MEETING_PHASE = "casusoverleg"
"""The phase in which the parties of a case share with each other (1.20)."""

HANDOVER_PHASE = "afschaling"
"""The phase of the hand-over to who directs the case (1.21)."""

ASKED = "gevraagd"
"""The role of who was brought in in triage and does not take part in the meeting (1.19)."""

AnyItem = Item | CeilingItem
AnyGround = Ground | CeilingGround
Agreements = dict[tuple[Address, ItemRef], dict[str, list[AgreementFact]]]


@dataclass(frozen=True)
class Provision:
    """Items that go from ``sender`` to ``to``; ``at`` is the JSON pointer of what holds them."""

    at: str
    kind: Kind
    sender: Address
    to: tuple[Address, ...]
    items: tuple[AnyItem, ...]
    grounds: tuple[AnyGround, ...]
    necessity: Necessity | None


class Piece(NamedTuple):
    """One item of a provision, with what pack and facts say about it."""

    provision: Provision
    at: str
    """The JSON pointer of the item."""
    item: AnyItem
    exact: Item | None
    """The same, where it stands under exact."""
    ground: AnyGround | None
    """None where the item names one that is not there."""
    provider: Address | None
    """Whose data it is: the origin's party; for the house's own items the party that it acts for (5.1)."""
    party: PartyFact | None
    capacity: Capacity | None
    category: Category | None
    row: CeilingRow | None
    """The ceiling that the pack sets for it (3.5a)."""
    fields: dict[str, Level]
    """The fields that this ceiling lets through, with their levels."""
    passed_on: bool
    """First provided by somebody else, or earlier: all but what its sender gives here itself."""

    @property
    def originals(self) -> tuple[tuple[str, Origin], ...]:
        """The items whose fate it shares, with their places: its original, and what it was made of."""
        if self.exact is None:
            return ()
        made_of = enumerate(self.exact.derived_from)
        return (
            (f"{self.at}/origin", self.exact.origin),
            *((f"{self.at}/derived_from/{index}", origin) for index, origin in made_of),
        )

    @property
    def ground_at(self) -> str:
        """The JSON pointer of its ground."""
        return f"{self.provision.at}/grounds/{self.item.ground}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Its fields, in either form."""
        return field_paths(self.item)


def field_paths(item: AnyItem) -> tuple[str, ...]:
    """The fields of an item as paths, in either form."""
    return tuple(field.path for field in item.fields) if isinstance(item, Item) else item.fields


def shifted(day: date, days: int) -> date:
    """So many days later, or earlier, as far as the calendar goes: foreign days never make a decision fail."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


@dataclass(frozen=True)
class Matter:
    """One message to decide on. ``opened``: the sealed half of a ceiling answer, as it would stand under exact."""

    pack: Pack
    facts: Facts
    manifest: Manifest
    now: datetime
    opened: bool = False

    @cached_property
    def kind(self) -> Kind | None:
        """The kind as the pack knows it."""
        return self.pack.kind.get(self.manifest.kind)

    @cached_property
    def phase(self) -> Term:
        """The phase of the message, or ``onbekend``."""
        return self.manifest.phase or Term("onbekend")

    @cached_property
    def from_house(self) -> bool:
        """Whether the house's own connector sends."""
        return self.manifest.sender == self.facts.house_address

    @cached_property
    def acting_for(self) -> Address | None:
        """For whom the house acts: the case's party; before there is a case, the notifier that opens it (5.1)."""
        if self.facts.case:
            return self.facts.case.acting_for
        return self.manifest.sender if self.manifest.kind == "aanmelding_start" else self.manifest.on_behalf_of

    @cached_property
    def today(self) -> date:
        """The latest date that it can be where the parties are: two hours ahead of UTC in summer."""
        return shifted(self.now.date(), 1 if self.now.hour >= 22 else 0)

    @cached_property
    def told_from(self) -> date:
        """The first day on which telling somebody can have been about this case (16.1)."""
        opened = self.facts.case.opened if self.facts.case else self.now
        return shifted(opened.date(), -self.pack.limits.informed_before_opening_days)

    @cached_property
    def check_until(self) -> date:
        """The last day to which looking at it again can be put off (16.7)."""
        return shifted(self.today, self.pack.limits.recheck_days_max)

    @cached_property
    def purposes(self) -> frozenset[str]:
        """The purpose of the message and those that count as one with it (3.5b)."""
        purpose = self.manifest.purpose
        row = self.pack.purpose.get(purpose) if purpose else None
        group = [other.id for other in self.pack.purposes if row and row.counts_as and other.counts_as == row.counts_as]
        return frozenset([*group, purpose] if purpose else group)

    @cached_property
    def kept(self) -> frozenset[ItemRef]:
        """The items that were marked necessary in this phase, for a purpose that counts as this one (3.5b)."""
        rows = self.facts.case.kept if self.facts.case else ()
        return frozenset(row.item for row in rows if row.purpose in self.purposes)

    @cached_property
    def agreements(self) -> Agreements:
        """What was agreed to for this phase and purpose and has not ended, by provider and item, then by holder.

        What counts as one purpose is agreed to as one, and refused as one (3.5b).
        """
        found: Agreements = {}
        for fact in self.facts.agreements:
            fits = fact.phase == self.manifest.phase and fact.purpose in self.purposes and self.now < fact.until
            if fits and self.purposes.isdisjoint(fact.refused):
                found.setdefault((fact.provider, fact.item), {}).setdefault(fact.holder, []).append(fact)
        return found

    @cached_property
    def answer_kind(self) -> Kind | None:
        """The kind that answers this one under a ceiling."""
        return answer_kind(self.pack, self.manifest.kind)

    @cached_property
    def carries(self) -> bool:
        """Whether personal data go with it, now or under the ceiling of an answer."""
        return bool(self.manifest.items) or (self.kind is not None and self.kind.items != "none")

    @cached_property
    def origins(self) -> Counter[Origin]:
        """How many items of the message have each origin: the original itself, and what passes it on."""
        return Counter(item.origin for item in self.manifest.exact_items)

    @cached_property
    def provisions(self) -> tuple[Provision, ...]:
        """What the message carries, and what it asks for."""
        manifest, found = self.manifest, []
        if self.kind is None:
            return ()
        if manifest.items:
            found.append(
                Provision(
                    "",
                    self.kind,
                    manifest.sender,
                    manifest.to,
                    manifest.items,
                    manifest.grounds,
                    manifest.necessity,
                )
            )
        if isinstance(manifest.act, Question) and self.answer_kind:
            asked = manifest.act.ceiling
            found.append(
                Provision(
                    "/act/ceiling",
                    self.answer_kind,
                    manifest.to[0],
                    (manifest.sender,),
                    asked.items,
                    asked.grounds,
                    asked.necessity,
                )
            )
        return tuple(found)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Every item of every provision."""
        return tuple(
            self._piece(provision, f"{provision.at}/items/{index}", item)
            for provision in self.provisions
            for index, item in enumerate(provision.items)
        )

    def _piece(self, provision: Provision, at: str, item: AnyItem) -> Piece:
        exact = item if isinstance(item, Item) else None
        giver = exact.origin.party if exact else provision.sender
        provider = self.acting_for if giver == self.facts.house_address else giver
        # Where the pack says what may go: phase, kind, category, category of person.
        cell = (self.phase, provision.kind.id, item.category, item.subject_category)
        return Piece(
            provision,
            at,
            item,
            exact,
            provision.grounds[item.ground] if item.ground < len(provision.grounds) else None,
            provider,
            self.party(provider),
            self.pack.capacity.get(provider.function) if provider else None,
            self.pack.category.get(item.category),
            self.pack.ceiling.get(cell),
            self.pack.open_fields.get(cell, {}),
            # Its own is what its sender gives here itself; anything else was somebody's, or its own, before.
            exact is not None and (giver != self.manifest.sender or exact.origin.item != exact.item),
        )

    def capacity(self, address: Address | None) -> Capacity | None:
        """The capacity in which an address acts; the house has that of whom it acts for (6.4)."""
        if address == self.facts.house_address:
            address = self.acting_for
        return self.pack.capacity.get(address.function) if address else None

    @cached_property
    def parties(self) -> dict[str, PartyFact]:
        """What is known of each address."""
        return {party.address: party for party in reversed(self.facts.parties)}

    def party(self, address: Address | None) -> PartyFact | None:
        """The party at an address, if it is known."""
        return self.parties.get(address) if address else None

    def coded(self, use: str, code: str) -> bool:
        """Whether the pack has this code for this use, in this phase."""
        row = self.pack.code.get((use, code))
        return row is not None and (not row.phases or self.phase in row.phases)

    def reason_for(self, reason: str, decision: str) -> bool:
        """Whether a reason of the pack goes with a decision; one that names no decisions goes with all."""
        row = self.pack.code.get(("reason", reason))
        return row is None or not row.decisions or decision in row.decisions

    @cached_property
    def ending(self) -> bool:
        """Whether this is a decision that ends the case, or takes it to the phase after which it only ends (9.4)."""
        act = self.manifest.act
        row = self.pack.phase.get(act.new) if isinstance(act, PhaseDecision) and act.new != act.old else None
        return row is not None and (row.end or self._only_ends_follow(row.next))

    def _only_ends_follow(self, phases: tuple[Term, ...]) -> bool:
        return bool(phases) and all(phase in self.pack.phase and self.pack.phase[phase].end for phase in phases)

    @cached_property
    def directed_anew(self) -> bool:
        """Whether this is a decision that has another party direct the case than the one that the house acts for."""
        act = self.manifest.act
        return isinstance(act, PhaseDecision) and act.casusregie not in {None, self.acting_for}

    @cached_property
    def for_another(self) -> bool:
        """Whether the message needs the party that the house acts for: all but what narrows, ending a case, and
        finding another party to direct it."""
        return not (self.ending or self.directed_anew or (self.kind and self.kind.direction == "narrows"))

    def gone(self, address: Address | None) -> bool:
        """Whether the party at an address left the partnership or was excluded (28.3, 30)."""
        party = self.party(address)
        return party is not None and party.left is not None and party.left <= self.now

    @cached_property
    def roster(self) -> dict[str, RosterFact]:
        """The row by which each address takes part now; who is in the meeting is so before anything else."""
        rows = self.facts.case.roster if self.facts.case else ()
        live = [row for row in rows if row.since <= self.now and (row.until is None or self.now < row.until)]
        return {row.address: row for row in sorted(live, key=lambda row: (row.role == "deelnemer", row.since))}

    def roster_row(self, address: Address) -> RosterFact | None:
        """The row by which an address takes part now."""
        return self.roster.get(address)

    def in_meeting(self, address: Address) -> bool:
        """Whether an address is one of those who share in the case meeting: the house, or who was admitted (1.20)."""
        row = self.roster.get(address)
        return address == self.facts.house_address or (row is not None and row.role == "deelnemer")


def answer_kind(pack: Pack, asked: str) -> Kind | None:
    """The kind that answers ``asked`` under a ceiling, if there is one."""
    return pack.answering.get(asked)
