"""What lies before the rules: pack, facts, manifest and time, and what follows from them at once.

A message can hold two provisions: what it carries itself, and, for a question, the ceiling of its answer. The rules on
basis, secrecy and minimisation look at both in the same way, so that a question is refused when its answer would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from schemas.acts import PhaseDecision, Question
from schemas.content import CeilingGround, CeilingItem, Ground, Item, Necessity
from schemas.facts import Facts, PartyFact, RosterFact
from schemas.ids import Address, Term
from schemas.manifest import Manifest
from schemas.pack import Capacity, CeilingRow, Kind, Pack

AnyItem = Item | CeilingItem
AnyGround = Ground | CeilingGround


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

    def ground(self, item: AnyItem) -> AnyGround | None:
        """The ground that an item names; None where it names one that is not there."""
        return self.grounds[item.ground] if item.ground < len(self.grounds) else None

    def each(self) -> Iterator[tuple[str, AnyItem]]:
        """The items with their pointers."""
        for index, item in enumerate(self.items):
            yield f"{self.at}/items/{index}", item


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

    @property
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
        return (self.now + timedelta(hours=2)).date()

    @cached_property
    def answer_kind(self) -> Kind | None:
        """The kind that answers this one under a ceiling."""
        return answer_kind(self.pack, self.manifest.kind)

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
    def each(self) -> tuple[tuple[Provision, str, AnyItem], ...]:
        """Every item of every provision, with its pointer."""
        return tuple((provision, at, item) for provision in self.provisions for at, item in provision.each())

    def provider(self, provision: Provision, item: AnyItem) -> Address | None:
        """Whose data it is: the origin's party; for the house's own items the party that it acts for (5.1)."""
        address = item.origin.party if isinstance(item, Item) else provision.sender
        return self.acting_for if address == self.facts.house_address else address

    def capacity(self, address: Address | None) -> Capacity | None:
        """The capacity in which an address acts; the house has that of whom it acts for (6.4)."""
        if address == self.facts.house_address:
            address = self.acting_for
        return self.pack.capacity.get(address.function) if address else None

    def party(self, address: Address | None) -> PartyFact | None:
        """The party at an address, if it is known."""
        return self.facts.party(address) if address else None

    def row(self, provision: Provision, item: AnyItem) -> CeilingRow | None:
        """The ceiling that the pack sets for an item (3.5a)."""
        return self.pack.ceiling.get((self.phase, provision.kind.id, item.category, item.subject_category))

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
        """Whether this is a decision that ends the case."""
        act = self.manifest.act
        row = self.pack.phase.get(act.new) if isinstance(act, PhaseDecision) else None
        return row is not None and row.end

    @cached_property
    def for_another(self) -> bool:
        """Whether the message needs the party that the house acts for: all but ending a case and what narrows."""
        return not self.ending and not (self.kind and self.kind.direction == "narrows")

    def roster_row(self, address: Address) -> RosterFact | None:
        """The row by which an address takes part now."""
        roster = self.facts.case.roster if self.facts.case else ()
        return next(
            (
                row
                for row in roster
                if row.address == address and row.since <= self.now and (row.until is None or self.now < row.until)
            ),
            None,
        )


def answer_kind(pack: Pack, asked: str) -> Kind | None:
    """The kind that answers ``asked`` under a ceiling, if there is one."""
    return next((kind for kind in pack.kinds if kind.items == "ceiling" and asked in kind.replies_to), None)
