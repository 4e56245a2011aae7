"""A house with its parties for tests of the broker: real keys, real records, messages that the protocol allows.

The parties, the house and the moment are those of :mod:`tests.making`; here they sign and seal. A test plays the first
steps of a case with :meth:`Scene.to_triage` and goes its own way from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import uuid_utils

from broker.exchanges.delivery import Page
from broker.exchanges.message import Answer
from broker.house import Broker
from broker.ledger import log_keys
from broker.parties.houses import create_house
from broker.settings import Settings
from broker.web.tls import Tls
from keys import binding, jws, pki, proof
from keys.checkpoint import Checkpoint
from keys.identity import Directory, sign_record
from keys.jws import SigningKey
from keys.merkle import body_leaf
from keys.sealing import Plaintext, ReceiveKey, Recipient, seal
from schemas import canonical
from schemas.content import AkpPublic
from schemas.entry import Body
from schemas.envelope import parse_model
from schemas.ids import Address, CaseRef, HouseId, Kid, MessageId, Oin, Term, format_instant
from schemas.manifest import MANDATE_TYP, MANIFEST_TYP, Manifest
from schemas.records import Accession, AddressGrant, Exit, Genesis, PartyKey, Record, SignedRecord, WitnessPolicy
from tests import making
from tests.making import CASE, COLLEGE, HOUSE, HOUSE_ID, MELDER, NOW, PERSON

OTHER = making.PARTY["burgemeester"]
ADDRESSES = (HOUSE, MELDER, COLLEGE, OTHER)


@cache
def seeded(label: str) -> SigningKey:
    """The same key for the same label."""
    return SigningKey.from_seed(hashlib.sha256(label.encode()).digest())


DECLARED: dict[str, Any] = {
    "declared": (NOW - timedelta(days=2)).date(),
    "screened": (NOW - timedelta(days=200)).date(),
}
CHAIR, MANAGER = seeded("voorzitter"), seeded("manager")


@cache
def receive_key(where: Address, phase: str) -> ReceiveKey:
    """The case key of an address in a phase."""
    return ReceiveKey.from_seed(hashlib.sha256(f"{where} {phase}".encode()).digest())


@cache
def _authority() -> pki.Authority:
    return pki.make_authority("Proef-CA", NOW - timedelta(days=1))


@cache
def _root_certificate(oin: Oin) -> str:
    csr = pki.request(seeded(f"wortel {oin}"), oin, "Proefpartij")
    return pki.to_record(pki.issue(_authority(), csr, NOW - timedelta(hours=1), 365))


def by_officers(record: Record) -> SignedRecord:
    """A record signed by chair and manager."""
    return SignedRecord(first=sign_record(record, CHAIR), second=sign_record(record, MANAGER))


def by_root(record: Record, oin: Oin) -> SignedRecord:
    """A record signed by a party's root."""
    return SignedRecord(first=sign_record(record, seeded(f"wortel {oin}")))


def accession(address: Address) -> SignedRecord:
    """A party with one function."""
    fact = making.party_fact(address)
    grant = AddressGrant(
        function=Term(address.function), tasks=fact.tasks, secrecy=fact.secrecy, provides_for=fact.provides_for
    )
    return by_officers(
        Accession(
            record="toetreding",
            house=HOUSE_ID,
            oin=address.oin,
            name="Proefpartij",
            root=_root_certificate(address.oin),
            addresses=(grant,),
            since=NOW - timedelta(hours=1),
            **DECLARED,
        )
    )


def party_key(address: Address, label: str = "") -> SignedRecord:
    """A signing key of an address."""
    record = PartyKey(
        record="partij_sleutel",
        house=HOUSE_ID,
        address=address,
        key=seeded(f"{address}{label}").public,
        not_before=NOW - timedelta(hours=1),
        not_after=NOW + timedelta(days=90),
    )
    return by_root(record, address.oin)


def leaving(oin: Oin, since: datetime) -> SignedRecord:
    """A party that leaves."""
    return by_officers(Exit(record="uittreding", house=HOUSE_ID, oin=oin, since=since, ground="uittreding"))


def genesis_of(folder: Path, **changes: Any) -> SignedRecord:
    """A genesis whose log and receipt keys are made in ``folder``."""
    members: dict[str, Any] = {
        "record": "genesis",
        "house": HOUSE_ID,
        "name": "Proefhuis",
        "oin": HOUSE.oin,
        "origin": f"broker.example/{HOUSE_ID}/2026",
        "log_key": log_keys.make(folder).public,
        "receipt_key": log_keys.make(folder).public,
        "chair": CHAIR.public,
        "manager": MANAGER.public,
        "pack": making.pack().digest,
        "authorities": (pki.to_record(_authority().certificate),),
        "witnesses": WitnessPolicy(witnesses=(), quorum=0),
        "unsafe_sandbox": True,
        "created": NOW - timedelta(hours=1),
        "dpia": "DPIA 2026-1",
        "consulted": (NOW - timedelta(days=30)).date(),
        "decision": "stuurgroep 2026-1",
        **DECLARED,
    }
    return by_officers(Genesis(**(members | changes)))


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def new_id() -> MessageId:
    """A fresh message id."""
    return MessageId(str(uuid_utils.uuid7()))


@dataclass(frozen=True)
class Sent:
    """A message as it went: what was signed, what was posted, what came back."""

    manifest: Manifest
    data: bytes
    answer: Answer

    @property
    def text(self) -> str:
        """The manifest's JWS."""
        text: str = json.loads(self.data)["manifest"]
        return text


@dataclass
class Scene:
    """A running broker and those who speak to it."""

    dsn: str
    folder: Path
    broker: Broker
    clock: Clock = field(default_factory=Clock)
    genesis: Genesis | None = None
    sent: list[Sent] = field(default_factory=list)
    """What was allowed, in order."""

    @classmethod
    async def open(cls, dsn: str, folder: Path) -> Scene:
        """A house with its parties, at ``NOW``; started."""
        clock = Clock(NOW - timedelta(minutes=1))
        scene = cls(dsn, folder, cls.new_broker(dsn, folder, clock), clock)
        signed = genesis_of(folder)
        records = [accession(who) for who in ADDRESSES] + [party_key(who) for who in ADDRESSES]
        await create_house(scene.broker.database, folder, signed, records, clock())
        scene.genesis = Directory.of([(signed, clock())]).genesis
        clock.now = NOW
        await scene.broker.start()
        return scene

    @staticmethod
    def new_broker(dsn: str, folder: Path, clock: Clock) -> Broker:
        """Another broker process over the same database."""
        nowhere = Tls(certificate=folder / "none", key=folder / "none")
        return Broker(Settings(dsn=dsn, keys=folder, tls=nowhere, sweep_seconds=3600), clock)

    def manifest(self, kind: str, sender: Address, to: Address, **members: Any) -> Manifest:
        """A message of ``kind`` with a fresh id, made now."""
        given: dict[str, Any] = {
            "id": new_id(),
            "created": self.clock.now,
            "expires": self.clock.now + timedelta(days=3),
        }
        return making.manifest_of(kind, sender, to, **(given | members))

    def pack_up(self, manifest: Manifest, *, key: SigningKey | None = None) -> bytes:
        """Sign, and seal where the manifest says so: the envelope's bytes."""
        sealed = None
        if manifest.sealed is not None:
            phase = str(manifest.phase)
            text = self.seal(manifest, [receive_key(who, phase) for who in manifest.to])
            recipients = tuple(receive_key(who, phase).kid for who in manifest.to)
            manifest = making.changed(
                manifest, **{"sealed.sha256": binding.sealed_digest(text), "sealed.recipients": recipients}
            )
            sealed = text
        return self.envelope(manifest, sealed, key=key)

    def seal(self, manifest: Manifest, keys: Iterable[ReceiveKey]) -> str:
        """A sealed text that belongs to ``manifest``."""
        assert manifest.sealed is not None
        context = binding.Context(manifest.case, manifest.house, manifest.id, manifest.sender, manifest.phase)
        recipients = [Recipient(who, key.public) for who, key in zip(manifest.to, keys, strict=True)]
        return seal(Plaintext(disclosures=(), explanation=None), recipients, context, manifest.sealed.bucket)

    def envelope(self, manifest: Manifest, sealed: str | None, *, key: SigningKey | None = None) -> bytes:
        """The JSON of ``POST messages``."""
        payload = canonical.encode(manifest.model_dump(mode="json", by_alias=True, exclude_none=True))
        text = jws.sign(payload, key or seeded(str(manifest.sender)), MANIFEST_TYP)
        return json.dumps({"manifest": text, "sealed": sealed}).encode()

    async def send(self, manifest: Manifest, broker: Broker | None = None) -> Sent:
        """Submit; any outcome."""
        data = self.pack_up(manifest)
        answer = await (broker or self.broker).intake.submit(HOUSE_ID, manifest.sender.oin, data)
        sent = parse_model(Manifest, jws.parse(json.loads(data)["manifest"], MANIFEST_TYP).payload)
        return Sent(sent, data, answer)

    async def allowed(self, manifest: Manifest) -> Sent:
        """Submit what the protocol allows."""
        sent = await self.send(manifest)
        reasons = [(reason.code, reason.pointer) for reason in sent.answer.reasons]
        assert reasons == [], reasons
        self.sent.append(sent)
        return sent

    async def inbox(self, who: Address, after: int = 0, since: int = 0, wait: float = 5.0) -> Page:
        """A page of a party's inbox."""
        return await self.broker.delivery.inbox(HOUSE_ID, who.oin, after, since, wait)

    async def count(self, what: str) -> int:
        """How many rows of a table (with its condition)."""
        async with self.broker.database.connection() as connection:
            number: int = await connection.fetchval(f"SELECT count(*) FROM {what}")  # noqa: S608 - a test's own text
        return number

    async def to_more(self, many: int) -> None:
        """Messages without consequences: the notifier says again that the person was informed."""
        for _ in range(many):
            await self.allowed(self.informed())

    def informed(self, **members: Any) -> Manifest:
        """A ``geinformeerd`` of ``MELDER``; it may be said as often as one likes."""
        act = {"subjects": (PERSON,), "at": "2026-03-01", "how": "gesprek"}
        return self.manifest("geinformeerd", MELDER, HOUSE, **({"phase": "aanmelding", "act": act} | members))

    async def settled(self) -> None:
        """Every committed entry has its place and its checkpoint."""
        await self.broker.sequencers[HOUSE_ID].advance()

    def verified(self, body: str, proof_text: str | None) -> Checkpoint:
        """The checkpoint under which a body is proven to stand."""
        assert proof_text is not None
        assert self.genesis is not None
        key = jws.VerifyKey.from_public(self.genesis.log_key)
        return proof.verify(proof_text, body_leaf(body.encode()), key, self.genesis.origin)

    def mandate(self, case: CaseRef = CASE, signer: Address = MELDER) -> str:
        """The notifier's mandate for a case."""
        payload = {"case": case, "date": NOW.date().isoformat(), "house": HOUSE_ID, "to": HOUSE}
        return jws.sign(canonical.encode(payload), seeded(str(signer)), MANDATE_TYP)

    def start(self, case: CaseRef = CASE, **members: Any) -> Manifest:
        """The ``aanmelding_start`` of ``MELDER``."""
        given = {"phase": "aanmelding", "case": case, "act": {"mandate": self.mandate(case)}}
        return self.manifest("aanmelding_start", MELDER, HOUSE, **(given | members))

    def key_message(self, who: Address, to: Address, phase: str, **members: Any) -> Manifest:
        """The ``sleutel`` of an address for a phase."""
        key = receive_key(who, phase)
        row = {
            "kid": Kid(key.kid),
            "suite": "keten-pq",
            "pub": AkpPublic.model_validate(key.public.model_dump()),
            "phase": phase,
            "epoch": 0,
            "not_after": format_instant(NOW + timedelta(days=30)),
            "canary": making.digest(f"kanarie {who} {phase}"),
        }
        return self.manifest("sleutel", who, to, phase=phase, act={"keys": (row,)}, **members)

    async def to_notified(self, case: CaseRef = CASE) -> Sent:
        """Start, informed, keys, notification; the notification is waiting at the house."""
        await self.allowed(self.start(case))
        await self.allowed(self.informed(case=case))
        asked = await self.allowed(self.manifest("sleutel_verzoek", MELDER, HOUSE, phase="aanmelding", case=case))
        await self.allowed(self.key_message(HOUSE, MELDER, "aanmelding", case=case, reply_to=asked.manifest.id))
        notification = making.a_notification(
            id=new_id(), case=case, created=self.clock.now, expires=self.clock.now + timedelta(days=3)
        )
        return await self.allowed(notification)

    def received(self, sent: Sent, who: Address, result: str = "filed") -> Manifest:
        """The ``ontvangst`` of ``who`` for a message."""
        act = {
            "of": sent.manifest.id,
            "manifest_sha256": canonical.digest_text(sent.text),
            "sealed_sha256": sent.manifest.sealed.sha256 if sent.manifest.sealed else None,
            "result": result,
        }
        return self.manifest(
            "ontvangst",
            who,
            sent.manifest.sender,
            phase=str(sent.manifest.phase),
            case=sent.manifest.case,
            reply_to=sent.manifest.id,
            act=act,
        )

    def decision(self) -> Manifest:
        """The ``fase_besluit`` that begins triage."""
        act = {
            "decision": "in_triage",
            "from": "aanmelding",
            "to": "triage",
            "decided_on": NOW.date().isoformat(),
            "reason": "criteria_voldaan",
            "keep": [item.item for item in making.a_notification().exact_items],
            "keep_for": ["eerste_beeld"],
        }
        return self.manifest("fase_besluit", HOUSE, MELDER, phase="aanmelding", act=act)

    async def to_triage(self, asked: Address = COLLEGE) -> None:
        """Everything up to the question: the case is in triage and ``asked`` has a key."""
        notification = await self.to_notified()
        personal = [making.agreed(one) for one in notification.manifest.exact_items if one.category == "personalia"]
        use = {"phase": "triage", "purpose": "eerste_beeld", "holder": str(asked)}
        agreed = {"items": personal, "for": use, "until": NOW + timedelta(days=30), "decision": "akkoord"}
        await self.allowed(self.manifest("akkoord", MELDER, HOUSE, phase="aanmelding", act=agreed))
        await self.allowed(self.received(notification, HOUSE))
        await self.allowed(self.decision())
        await self.allowed(self.key_message(HOUSE, MELDER, "triage"))
        wanted = await self.allowed(self.manifest("sleutel_verzoek", HOUSE, asked))
        await self.allowed(self.key_message(asked, HOUSE, "triage", reply_to=wanted.manifest.id))

    def question(self, asked: Address = COLLEGE, **members: Any) -> Manifest:
        """The ``triagevraag`` to ``asked``."""
        given: dict[str, Any] = {
            "id": new_id(),
            "created": self.clock.now,
            "expires": self.clock.now + timedelta(days=2),
        }
        act = {
            "ceiling": making.a_ceiling(asked),
            "answer_at": NOW + timedelta(days=1),
            "mandate": self.mandate(),
        }
        return making.a_question(asked, **(given | {"act": act} | members))

    def reply(self, question: Manifest, **members: Any) -> Manifest:
        """The ``triageantwoord`` to a question, made now."""
        return making.an_answer(question, **({"id": new_id(), "created": self.clock.now} | members))


def body_of(text: str) -> Body:
    """A body, read strictly."""
    return parse_model(Body, text.encode())


HOUSES: tuple[HouseId, ...] = (HOUSE_ID,)
