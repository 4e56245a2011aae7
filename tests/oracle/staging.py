"""A step of the walk as a message, with the facts under which nothing but the walked axes decides.

Built from parts that are validated once and then put together without validation, because there are a million of them;
:func:`whole` builds the same through full validation, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from schemas.acts import Deed, Empty, Question
from schemas.content import Ceiling, CeilingGround, CeilingItem, Ground, Inner, Item, Level
from schemas.facts import (
    CaseFact,
    Facts,
    KeptFact,
    ThreadFact,
)
from schemas.ids import Address, Term
from schemas.manifest import Manifest
from tests.making import (
    ANSWER_TIME,
    CASE,
    HOUSE,
    HOUSE_ID,
    MANDATE,
    NOW,
    PERSON,
    RELATIVE,
    case_fact,
    digest,
    message_id,
    pack,
    pack_fact,
    reference,
)
from tests.oracle.parties import basis_of, regime_of
from tests.oracle.parts import (
    AGREED,
    NECESSITY,
    agreed,
    agreement,
    ceiling_item,
    ground_of,
    item_of,
    key_of,
    made_of_others,
    party_of,
    passed_on,
    place,
    plain_ground,
    source,
    takes_part,
    task_of,
    told,
)
from tests.oracle.verdict import DEEDS, ROLE, STAFF, Step, Verdicts
from tests.oracle.verdict import HOUSE as THE_HOUSE


class Scene(NamedTuple):
    """One decision to make."""

    manifest: Manifest
    facts: Facts
    inner: Inner | None
    now: datetime


class Stage:
    """Messages for steps, for a case in which the house acts for a party in the capacity of the verdicts."""

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._party = place(verdicts.acting_for, 4)
        self._facts = cache(self._make_facts)
        self._manifest = cache(self._make_manifest)
        self._question = cache(self._make_question)

    def acting_for(self, step: Step) -> Address:
        """For whom the house acts: the notifier; in the first phase that is who sends."""
        notifying = step.phase == "aanmelding" and step.sender != THE_HOUSE
        return place(step.sender, 1) if notifying else self._party

    def scene(self, step: Step, *, basis: str | None = None, level: Level | None = None) -> Scene:
        """The message of a step; ``basis`` and ``level``: other ones than are right."""
        verdicts = self._verdicts
        capacity = verdicts.capacity(step.origin, step)
        own = step.origin == step.sender
        giver = place(step.sender, 1) if own else place(step.origin, 3)
        right, fields = verdicts.shape(step)
        regime = regime_of(capacity)
        item = item_of(giver, step.category, step.person, level or right, fields, regime)
        secrecy = verdicts.secrecy[capacity]
        plain = plain_ground(basis or basis_of(capacity, step.category), self.acting_for(step), secrecy)
        if step.kind == "triageantwoord":
            return self._answer(step, item, plain)
        consent = verdicts.sealed_by_consent(step)
        sent = made_of_others(item, step) if own else passed_on(item, 0)
        items, grounds = [sent], [ground_of(plain, regime, consent)]
        self._complete(step, items, grounds)
        manifest = self._manifest(step.phase, step.kind, step.sender, step.recipient, self.acting_for(step))
        person = "betrokkene" if step.person in STAFF else step.person
        asked = (manifest.to[0], self.acting_for(step), person)
        act = self._question(*asked) if step.kind == "triagevraag" else manifest.act
        purpose = Term(step.purpose)
        message = manifest.model_copy(
            update={"purpose": purpose, "items": tuple(items), "grounds": tuple(grounds), "act": act}
        )
        return Scene(message, self._known(step, items, grounds), None, NOW)

    def _complete(self, step: Step, items: list[Item], grounds: list[Ground]) -> None:
        """What a message of its kind must hold besides the walked item."""
        needed = self._verdicts.must_say(step.kind)
        about = (step.category, step.person)
        if needed and about != ("bericht", "betrokkene"):
            who = place(step.sender, 1)
            self._add(step, items, grounds, who, "bericht", "S", needed)
        elif step.kind == "triagevraag" and step.person in STAFF:
            self._add(step, items, grounds, self.acting_for(step), "personalia", "B", ("geslachtsnaam",))

    def _add(
        self,
        step: Step,
        items: list[Item],
        grounds: list[Ground],
        who: Address,
        category: str,
        level: Level,
        fields: tuple[str, ...],
    ) -> None:
        capacity = who.function if who != HOUSE else self._verdicts.acting_for
        basis, regime, secrecy = basis_of(capacity, category), regime_of(capacity), self._verdicts.secrecy[capacity]
        item = item_of(who, category, "betrokkene", level, fields, regime)
        sender = place(step.sender, 1)
        items.append(passed_on(item, 1) if who != sender else item.model_copy(update={"ground": 1}))
        grounds.append(ground_of(plain_ground(basis, self.acting_for(step), secrecy), regime, bool(secrecy)))

    def _known(self, step: Step, items: Iterable[Item], grounds: list[Ground]) -> Facts:
        """The facts, with the agreement of each provider to what its sender passes on, and what a deed rests on."""
        facts = self._facts(step.phase, step.sender, step.recipient, step.origin, self.acting_for(step))
        sender, recipient = place(step.sender, 1), place(step.recipient, 2)
        passed = [item for item in items if item.origin.party != sender]
        if any(item.derived_from for item in items):
            passed.append(source().model_copy(update={"ground": 0}))
        changed: dict[str, Any] = {}
        if step.purpose in DEEDS:
            changed["agreed"] = agreed(step.purpose, step.phase, recipient)
        if passed and facts.case is not None:
            changed["agreements"] = tuple(agreement(item, step, recipient, grounds[item.ground]) for item in passed)
            kept = tuple(KeptFact.model_construct(item=row.origin.item, purpose=Term(step.purpose)) for row in passed)
            changed["case"] = facts.case.model_copy(update={"kept": kept})
        return facts.model_copy(update=changed) if changed else facts

    def _make_facts(self, phase: str, sends: str, receives: str, origin: str, acting_for: Address) -> Facts:
        sender, recipient = place(sends, 1), place(receives, 2)
        role = ROLE[phase]
        rows = {acting_for: "melder", recipient: "gevraagd" if role == "melder" else role, sender: role, HOUSE: "huis"}
        case: CaseFact = case_fact(phase).model_copy(
            update={
                "notifier": acting_for,
                "acting_for": acting_for,
                "roster": tuple(takes_part(who, what) for who, what in rows.items()),
                "keys": tuple(key_of(who, phase) for who in rows),
                "casusregie": recipient if receives != THE_HOUSE and role == "deelnemer" else None,
            }
        )
        parties = sorted({*rows, place(origin, 3), source().origin.party})
        return Facts.model_construct(
            house=HOUSE_ID,
            house_address=HOUSE,
            packs=(pack_fact(),),
            parties=tuple(party_of(who, task_of(acting_for)) for who in parties),
            case=case,
            informed=tuple(told(who, acting_for) for who in (PERSON, RELATIVE)),
        )

    def _make_manifest(self, phase: str, kind: str, sends: str, receives: str, acting_for: Address) -> Manifest:
        sender, recipient = place(sends, 1), place(receives, 2)
        act: Any = {"actie": Deed(agreement=AGREED), "triagevraag": self._question(recipient, acting_for, "betrokkene")}
        return Manifest.model_validate(
            {
                "profile": "keten-1",
                "id": message_id("wandeling"),
                "kind": kind,
                "house": HOUSE_ID,
                "pack": pack().digest,
                "case": CASE,
                "phase": phase,
                "from": sender,
                "to": (recipient,),
                "on_behalf_of": acting_for if sender == HOUSE else None,
                "created": NOW,
                "expires": NOW + timedelta(days=3),
                "act": act.get(kind, Empty()),
                "disclosure": "exact",
                "necessity": {"code": NECESSITY[phase], "commitment": digest("toelichting")},
                "sealed": {
                    "sha256": digest("verzegeld"),
                    "bucket": 4096,
                    "suite": "keten-pq",
                    "recipients": (key_of(recipient, phase).kid,),
                },
            }
        )

    def _make_question(self, asked: Address, acting_for: Address, person: str) -> Question:
        """A question that asks of one party how recently it was involved, and no more."""
        capacity = asked.function if asked != HOUSE else self._verdicts.acting_for
        item = item_of(asked, "bericht", person, "I", ("betrokkenheid",), regime_of(capacity))
        plain = plain_ground(basis_of(capacity, "bericht"), acting_for, self._verdicts.secrecy[capacity])
        ceiling = self._ceiling(ceiling_item(item), plain, "triage")
        return Question(ceiling=ceiling, answer_at=ANSWER_TIME, mandate=MANDATE)

    @staticmethod
    def _ceiling(item: CeilingItem, ground: CeilingGround, phase: str) -> Ceiling:
        return Ceiling.model_validate(
            {
                "items": (item,),
                "grounds": (ground,),
                "necessity": {"code": NECESSITY[phase]},
                "expires": ANSWER_TIME + timedelta(hours=1),
                "bucket": 4096,
            }
        )

    def _answer(self, step: Step, item: Item, plain: CeilingGround) -> Scene:
        """A ceiling answer: in clear what the question asked, and sealed the item itself."""
        asking = message_id("de vraag")
        ceiling = self._ceiling(ceiling_item(item), plain, step.phase)
        base = self._manifest(step.phase, step.kind, step.sender, step.recipient, self.acting_for(step))
        members: dict[str, Any] = {
            "purpose": Term(step.purpose),
            "disclosure": "ceiling",
            "items": ceiling.items,
            "grounds": ceiling.grounds,
            "necessity": ceiling.necessity,
            "expires": ceiling.expires,
            "created": ANSWER_TIME,
            "reply_to": asking,
            "inner_digest": digest("binnenste"),
        }
        manifest = base.model_copy(update=members)
        thread = ThreadFact.model_construct(
            id=asking,
            kind=Term("triagevraag"),
            case=CASE,
            manifest_sha256=digest("vraag"),
            sealed_sha256=digest("verzegeld"),
            sender=manifest.to[0],
            to=(manifest.sender,),
            phase=manifest.phase,
            purpose=manifest.purpose,
            pack=manifest.pack,
            expires=ceiling.expires,
            answer_at=ANSWER_TIME,
            ceiling=ceiling,
        )
        facts = self._known(step, [item], [ground_of(plain, item.regime, True)])
        inner = Inner.model_validate(
            {
                "salt": reference("zout"),
                "id": manifest.id,
                "reply_key": {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"},
                "outcome": "bekend",
                "items": (item,),
                "grounds": (ground_of(plain, item.regime, self._verdicts.sealed_by_consent(step)),),
                "necessity": {"code": NECESSITY[step.phase], "commitment": digest("toelichting")},
            }
        )
        return Scene(manifest, facts.model_copy(update={"thread": thread}), inner, ANSWER_TIME)


def whole(scene: Scene) -> Scene:
    """The same through full validation of all that it holds."""
    manifest = Manifest.model_validate_json(scene.manifest.model_dump_json(by_alias=True))
    facts = Facts.model_validate_json(scene.facts.model_dump_json(by_alias=True))
    inner = Inner.model_validate_json(scene.inner.model_dump_json(by_alias=True)) if scene.inner else None
    return Scene(manifest, facts, inner, scene.now)
