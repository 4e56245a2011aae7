"""A case meeting on the wire: the house, a municipality that notified, another that was asked, a mayor who comes later.

:class:`Meeting` plays a :class:`tests.broker.scene.Scene` further, and gives every delivery to the checks of a
connector (:mod:`connectors.exchanges.checking`), which gathers the facts from the sources alone and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors.exchanges import pages
from connectors.exchanges.checking import Checked, Knowledge, check
from connectors.exchanges.house import House
from connectors.exchanges.pages import Delivery, Page
from keys import checkpoint
from keys.checkpoint import Checkpoint
from keys.identity import Directory, parse_record
from schemas import canonical
from schemas.gathering import Source
from schemas.ids import Address, MessageId
from schemas.manifest import Manifest
from schemas.records import SignedRecord
from tests import making
from tests.broker.scene import OTHER, Scene, Sent, receive_key
from tests.making import COLLEGE, HOUSE, HOUSE_ID, MELDER, NOW

PHASE = "casusoverleg"
PLAN = "plan_van_aanpak"
MAYOR = OTHER
EVERYBODY = (HOUSE, MELDER, COLLEGE, MAYOR)


@dataclass
class Meeting:
    """A case that a scene brought to the meeting; ``decision``: by which it did, the ground of every invitation."""

    scene: Scene
    decision: Manifest | None = None
    _items: int = 0
    _before: int = 0

    @property
    def sent(self) -> list[Sent]:
        """What was allowed since triage was over."""
        return self.scene.sent[self._before :]

    async def refused(self, manifest: Manifest) -> set[tuple[str, str]]:
        """Rule and code of every reason of a refusal."""
        sent = await self.scene.send(manifest)
        assert sent.answer.status == 403
        return {(reason.rule, reason.code) for reason in sent.answer.reasons}

    # ---------------------------------------------------------------------------------------------- the messages

    def says(self, kind: str, sender: Address, to: Iterable[Address], act: Any = None, **members: Any) -> Manifest:
        """A message of the meeting to one or more."""
        recipients = tuple(to)
        made = self.scene.manifest(kind, sender, recipients[0], **({"phase": PHASE, "act": act} | members))
        if made.sealed is None:
            return Manifest.model_validate(making.changed(made, to=recipients))
        kids = tuple(receive_key(who, str(made.phase)).kid for who in recipients)
        return Manifest.model_validate(making.changed(made, to=recipients, **{"sealed.recipients": kids}))

    def moves(self, old: str, new: str, reason: str, **members: Any) -> Manifest:
        """A ``fase_besluit`` from one phase to the next."""
        act = {
            "decision": f"in_{new}",
            "from": old,
            "to": new,
            "decided_on": self.scene.clock.now.date().isoformat(),
            "reason": reason,
        }
        return self.says("fase_besluit", HOUSE, (MELDER,), act | members, phase=old)

    def invites(self, who: Address) -> Manifest:
        """A ``casus_uitnodiging``: one for each, since it travels as a source and tells whom it names."""
        assert self.decision is not None
        return self.says("casus_uitnodiging", HOUSE, (who,), {"admit": (who,), "agreement": self.decision.id})

    def housing(self, origin: Address, **members: Any) -> dict[str, Any]:
        """An item of ``origin`` about how the person lives; new, unless ``members`` name where it comes from."""
        self._items += 1
        ref = making.reference(f"woonsituatie {self._items}")
        made = making.item_of("woonsituatie", ("woonvorm",), "I", origin)
        return made | {"item": ref, "origin": {"party": origin, "item": ref}} | members

    def onward(self, item: dict[str, Any]) -> dict[str, Any]:
        """The same data from another hand: a number of its own, the origin as it was."""
        self._items += 1
        return item | {"item": making.reference(f"verder {self._items}")}

    def gives(self, sender: Address, to: Iterable[Address], *items: dict[str, Any], **members: Any) -> Manifest:
        """An ``inbreng``, sealed to everybody it is for."""
        recipients = tuple(to)
        phase = str(members.get("phase", PHASE))
        task = {"of": MELDER if sender == HOUSE else sender, "code": "wmo_2_3_1_2_3_5"}
        given = {
            "purpose": PLAN,
            "disclosure": "exact",
            "items": items,
            "grounds": (making.ground_of(task=task),),
            "necessity": {"code": "plan_opstellen", "commitment": making.digest("toelichting")},
            "sealed": making.sealed_to(recipients[0], phase),
        }
        return self.says("inbreng", sender, recipients, {}, **(given | members))

    def agrees(
        self, item: dict[str, Any], holder: str, decision: str = "akkoord", to: Address = HOUSE, **use: Any
    ) -> Manifest:
        """An ``akkoord`` of the item's own provider."""
        act = {
            "items": [making.agreed(item, given_for=PLAN)],
            "for": {"phase": PHASE, "purpose": PLAN, "holder": holder} | use,
            "until": self.scene.clock.now + timedelta(days=20),
            "decision": decision,
        }
        return self.says("akkoord", item["origin"]["party"], (to,), act)

    def about(self, kind: str, sender: Address, item: dict[str, Any], to: Iterable[Address], **act: Any) -> Manifest:
        """What is decided about an item: withdrawn, wrong, restricted."""
        return self.says(kind, sender, to, {"items": [item["origin"]], **act})

    # --------------------------------------------------------------------------------------------------- the way

    async def key(self, who: Address, phase: str) -> None:
        """The house asks a party into a phase of the case; it publishes its key."""
        wanted = await self.scene.allowed(self.says("sleutel_verzoek", HOUSE, (who,), {}, phase=phase))
        await self.scene.allowed(self.scene.key_message(who, HOUSE, phase, reply_to=wanted.manifest.id))

    async def begun(self) -> Meeting:
        """Triage is over, everybody has a key, ``MELDER`` and ``COLLEGE`` take part; the mayor does not yet."""
        await self.scene.to_triage()
        self._before = len(self.scene.sent)
        self.scene.clock.now += timedelta(hours=1)
        self.decision = (await self.scene.allowed(self.moves("triage", PHASE, "overleg_nodig"))).manifest
        await self.scene.allowed(self.scene.key_message(HOUSE, MELDER, PHASE))
        await self.key(MELDER, PHASE)
        await self.key(COLLEGE, PHASE)
        for who in (MELDER, COLLEGE):
            await self.scene.allowed(self.invites(who))
        return self

    async def joined(self, late: Address) -> None:
        """Somebody comes later."""
        self.scene.clock.now += timedelta(hours=1)
        await self.key(late, PHASE)
        await self.scene.allowed(self.invites(late))

    # --------------------------------------------------------------------------------------------- the other end

    async def decided_again(self, *whom: Address, settled: bool = True) -> dict[MessageId, Checked]:
        """Every message in these inboxes, checked as its recipient does; by its id."""
        if settled:
            await self.scene.settled()
        house = await self._house()
        found: dict[MessageId, Checked] = {}
        for who in whom or EVERYBODY:
            after = 0
            while (page := await self._page(who, after)).deliveries:
                after = page.deliveries[-1].n
                head = checkpoint.verify(page.checkpoint, house.directory.log_key, house.origin)
                for delivery in page.deliveries:
                    if delivery.envelope is not None:
                        outcome = check(delivery, self._knowledge(who, house, head, delivery), self.scene.clock.now)
                        assert isinstance(outcome, Checked)
                        # Nobody here holds a key: all checks that come before the opening passed.
                        sealed = delivery.envelope.sealed is not None
                        assert outcome.result == ("key_closed" if sealed else "filed")
                        found[outcome.verified.manifest.id] = outcome
        return found

    async def _page(self, who: Address, after: int) -> Page:
        return pages.read(Page, (await self.scene.inbox(who, after, wait=0)).model_dump_json().encode())

    async def _house(self) -> House:
        rows = await self.scene.broker.reading.records(HOUSE_ID)
        records = [(SignedRecord(first=row.first, second=row.second), row.time) for row in rows]
        read = tuple((parse_record(signed).record, time) for signed, time in records)
        return House(Directory.of(records), read, {making.pack().digest: making.pack()})

    def _knowledge(self, who: Address, house: House, head: Checkpoint, delivery: Delivery) -> Knowledge:
        assert delivery.envelope is not None
        return Knowledge(
            own=frozenset({who}),
            house=house,
            head=head,
            known=None,
            thread=self._thread(who, delivery.envelope.manifest),
            sources={},
            case=None,
            receive=lambda _: None,
            reply=lambda _: None,
        )

    def _thread(self, who: Address, text: str) -> Source | None:
        """The message that this one replies to, if ``who`` sent or received it."""
        known = {one.manifest.id: one for one in self.scene.sent if who in {one.manifest.sender, *one.manifest.to}}
        reply_to = next(one.manifest.reply_to for one in self.scene.sent if one.text == text)
        thread = known.get(reply_to) if reply_to else None
        return Source(thread.manifest, canonical.digest_text(thread.text), NOW) if thread else None
