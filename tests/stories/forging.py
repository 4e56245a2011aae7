"""Messages by somebody who holds a real party's keys: what the protocol allows, and everything a test makes of it.

Built as plain JSON, so that nothing which our own code would refuse to build is out of reach. A :class:`Case` plays the
path up to the question in the roles of all parties; a test changes one message and hands it in.
"""

from __future__ import annotations

import copy
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from uuid_utils import uuid7

from keys import jws
from keys.binding import Context, sealed_digest
from keys.jws import SigningKey
from keys.sealing import Plaintext, ReceiveKey, Recipient, seal
from schemas import canonical, strict
from schemas.asking_scope import ceiling_for
from schemas.ids import Address, CaseRef, MessageId, Reference, SubjectRef, Term, format_instant
from schemas.manifest import MANDATE_TYP, MANIFEST_TYP
from tests import making
from tests.stories.live import Answer, Live

Message = dict[str, Any]


def now() -> datetime:
    """To the second."""
    return datetime.now(UTC).replace(microsecond=0)


def later(**step: float) -> str:
    """A time from now, as it is written."""
    return format_instant(now() + timedelta(**step))


def draw() -> Reference:
    """128 random bits."""
    return Reference(strict.encode_base64url(secrets.token_bytes(16)))


def plain(value: Any) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(value, default=str))


def envelope(manifest: str, sealed: str | None = None) -> bytes:
    """The body of ``POST messages``."""
    return json.dumps({"manifest": manifest, "sealed": sealed}).encode()


def changed(message: Message, **updates: Any) -> Message:
    """A copy with members set (``None`` takes away); ``**{"act.ceiling.items.0.level": "D"}`` reaches inside."""
    made = copy.deepcopy(message)
    for path, value in updates.items():
        *way, last = path.split(".")
        place: Any = made
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if value is None:
            del place[last]
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return made


@dataclass
class Case:
    """One case at the running broker: ``asked`` are the parties whose key the house asked for."""

    live: Live
    ref: CaseRef = field(default_factory=lambda: CaseRef(draw()))
    person: SubjectRef = field(default_factory=lambda: SubjectRef(draw()))
    items: dict[str, Message] = field(default_factory=dict)
    waiting: Message = field(default_factory=dict)
    """A question that nobody fetched yet."""
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def house(self) -> Address:
        """The procesregisseur's connector."""
        return self.live.address("huis")

    @property
    def melder(self) -> Address:
        """Who opened the case."""
        return self.live.address("emmen")

    def receive(self, who: Address, phase: str = "triage") -> ReceiveKey:
        """Somebody's case key of a phase."""
        return ReceiveKey.from_seed(hashlib.sha256(self._secret + f"{who} {phase}".encode()).digest())

    # ------------------------------------------------------------------------------------------------- messages

    def message(self, kind: str, sender: Address, to: Address, **members: Any) -> Message:
        """A message of ``kind`` made now, valid for a day; the house speaks for the notifier."""
        whole: Message = {
            "profile": "keten-1",
            "id": str(uuid7()),
            "kind": kind,
            "house": self.live.founded.house,
            "pack": self.live.founded.pack.digest,
            "case": self.ref,
            "phase": "triage",
            "from": sender,
            "to": [to],
            "created": later(),
            "expires": later(days=1),
        }
        if sender == self.house:
            whole["on_behalf_of"] = self.melder
        if kind in {"aanmelding", "triageantwoord", "sleutel_verzoek"}:
            whole["act"] = {}
        return whole | dict(plain(members))

    def mandate(self, *, case: CaseRef | None = None, signer: Address | None = None) -> str:
        """The notifier's mandate for this case; or for another, or by somebody else."""
        payload = {
            "case": case or self.ref,
            "date": (now() - timedelta(days=1)).date().isoformat(),
            "house": self.live.founded.house,
            "to": self.house,
        }
        return jws.sign(canonical.encode(payload), self.live.signers[signer or self.melder], MANDATE_TYP)

    def start(self) -> Message:
        """``aanmelding_start``."""
        return self.message(
            "aanmelding_start", self.melder, self.house, phase="aanmelding", act={"mandate": self.mandate()}
        )

    def informed(self, **members: Any) -> Message:
        """``geinformeerd``: may be said as often as one likes."""
        act = {"subjects": [self.person], "at": "2026-03-01", "how": "gesprek"}
        return self.message("geinformeerd", self.melder, self.house, **({"phase": "aanmelding", "act": act} | members))

    def publish(self, who: Address, to: Address, phase: str, **members: Any) -> Message:
        """``sleutel``."""
        key = self.receive(who, phase)
        row = {
            "kid": key.kid,
            "suite": "keten-pq",
            "pub": key.public.model_dump(),
            "phase": phase,
            "epoch": 0,
            "not_after": later(days=30),
            "canary": making.digest(f"kanarie {who} {phase}"),
        }
        return self.message("sleutel", who, to, phase=phase, act={"keys": [row]}, **members)

    def item(self, category: str, names: tuple[str, ...], level: str, origin: Address, **members: Any) -> Message:
        """A new item about the person."""
        ref = draw()
        made = making.item_of(category, names, level, origin, item=ref, subject=self.person)
        return dict(plain(made | {"origin": {"party": origin, "item": ref}} | members))

    def ground(self, **members: Any) -> Message:
        """The notifier's task under the general regulation."""
        return making.ground_of(task={"of": self.melder, "code": "wmo_2_3_1_2_3_5"}, **members)

    def notification(self) -> Message:
        """``aanmelding``: one person, the address, and why."""
        rows = {
            "personalia": ("geslachtsnaam", "voornamen", "geboortedatum"),
            "adresgegevens": ("straat", "huisnummer", "postcode", "woonplaats"),
            "bericht": ("aanleiding", "gewenst_resultaat", "criteria", "onderbouwing"),
        }
        self.items = {category: self.item(category, names, "S", self.melder) for category, names in rows.items()}
        return self.message(
            "aanmelding",
            self.melder,
            self.house,
            phase="aanmelding",
            purpose="toetsen_criteria",
            disclosure="exact",
            grounds=[self.ground()],
            items=list(self.items.values()),
            necessity={"code": "criteria_toetsen", "commitment": making.digest("toelichting")},
            sealed={"bucket": 4096, "suite": "keten-pq"},
        )

    def agreement(self, asked: Address) -> Message:
        """``akkoord``: this party may be asked."""
        use = {"phase": "triage", "purpose": "eerste_beeld", "holder": asked}
        act = {
            "items": [making.agreed(self.items["personalia"])],
            "for": use,
            "until": later(days=30),
            "decision": "akkoord",
        }
        return self.message("akkoord", self.melder, self.house, phase="aanmelding", act=act)

    def to_triage(self, **members: Any) -> Message:
        """``fase_besluit``."""
        act = {
            "decision": "in_triage",
            "from": "aanmelding",
            "to": "triage",
            "decided_on": now().date().isoformat(),
            "reason": "criteria_voldaan",
            "keep": [item["item"] for item in self.items.values()],
            "keep_for": ["eerste_beeld"],
        }
        return self.message("fase_besluit", self.house, self.melder, phase="aanmelding", act=act, **members)

    def ceiling(self, asked: Address, **choices: Any) -> Message:
        """The most that ``asked`` may answer."""
        ceiling = ceiling_for(
            self.live.founded.pack,
            self.live.parties[asked],
            **{
                "subject": self.person,
                "subject_category": Term("betrokkene"),
                "acting_for": self.melder,
                "task": Term("wmo_2_3_1_2_3_5"),
                "expires": now() + timedelta(hours=6),
                "now": now(),
                "contact": SubjectRef(draw()),
                **choices,
            },
        )
        return ceiling.model_dump(mode="json", exclude_none=True)

    def question(self, asked: Address, **members: Any) -> Message:
        """``triagevraag``, to be answered in an hour."""
        personal = self.item("personalia", ("geslachtsnaam", "voornamen", "geboortedatum"), "B", self.melder)
        personal["origin"]["item"] = self.items["personalia"]["item"]
        given: Message = {
            "purpose": "eerste_beeld",
            "disclosure": "exact",
            "grounds": [self.ground()],
            "items": [personal],
            "necessity": {"code": "eerste_beeld_vormen", "commitment": making.digest("toelichting")},
            "sealed": {"bucket": 4096, "suite": "keten-pq"},
            "act": {"ceiling": self.ceiling(asked), "answer_at": later(hours=1), "mandate": self.mandate()},
        }
        return self.message("triagevraag", self.house, asked, **(given | members))

    def answer(self, question: Message, **members: Any) -> Message:
        """``triageantwoord``: its clear part is that of the question."""
        ceiling = question["act"]["ceiling"]
        given: Message = {
            "purpose": question["purpose"],
            "reply_to": question["id"],
            "expires": ceiling["expires"],
            "disclosure": "ceiling",
            "items": ceiling["items"],
            "grounds": ceiling["grounds"],
            "necessity": ceiling["necessity"],
            "inner_digest": making.digest("binnenste"),
            "sealed": {"bucket": ceiling["bucket"], "suite": "keten-pq"},
        }
        return self.message("triageantwoord", Address(question["to"][0]), self.house, **(given | members))

    # -------------------------------------------------------------------------------------------------- sending

    def sealed(self, message: Message, *, keys: list[ReceiveKey] | None = None) -> tuple[Message, str | None]:
        """The message bound to a sealed part for its recipients (nothing inside but padding), and that part."""
        if "sealed" not in message:
            return message, None
        phase = message["phase"]
        keys = keys or [self.receive(Address(who), phase) for who in message["to"]]
        context = Context(
            CaseRef(message["case"]),
            self.live.founded.house,
            MessageId(message["id"]),
            Address(message["from"]),
            Term(phase),
        )
        recipients = [Recipient(Address(who), key.public) for who, key in zip(message["to"], keys, strict=True)]
        text = seal(Plaintext(()), recipients, context, message["sealed"]["bucket"])
        outside = message["sealed"] | {"sha256": sealed_digest(text), "recipients": [key.kid for key in keys]}
        return message | {"sealed": outside}, text

    def sign(self, message: Mapping[str, Any], key: SigningKey | None = None, typ: str = MANIFEST_TYP) -> str:
        """The JWS, by the sender's own key unless told."""
        return jws.sign(canonical.encode(dict(message)), key or self.live.signers[Address(message["from"])], typ)

    def pack(self, message: Message) -> bytes:
        """Sealed and signed: what is posted."""
        bound, text = self.sealed(message)
        return envelope(self.sign(bound), text)

    def send(self, message: Message) -> Answer:
        """Hand in as its sender; any outcome."""
        return self.live.post(self.pack(message), Address(message["from"]).oin)

    def allowed(self, message: Message) -> Message:
        """Hand in what the protocol allows; gives back what went, with its seal."""
        bound, text = self.sealed(message)
        answer = self.live.post(envelope(self.sign(bound), text), Address(message["from"]).oin)
        assert answer.status == 202, (message["kind"], answer.code, answer.body.get("pointer"), answer.rules)
        return bound

    def opened(self) -> Case:
        """Up to the notification."""
        self.allowed(self.start())
        self.allowed(self.informed())
        asked = self.allowed(self.message("sleutel_verzoek", self.melder, self.house, phase="aanmelding"))
        self.allowed(self.publish(self.house, self.melder, "aanmelding", reply_to=asked["id"]))
        self.allowed(self.notification())
        return self

    def in_triage(self, *asked: Address) -> Case:
        """Up to the questions: these may be asked."""
        self.opened()
        for who in asked:
            self.allowed(self.agreement(who))
        self.allowed(self.to_triage())
        self.allowed(self.publish(self.house, self.melder, "triage"))
        for who in asked:
            wanted = self.allowed(self.message("sleutel_verzoek", self.house, who))
            self.allowed(self.publish(who, self.house, "triage", reply_to=wanted["id"]))
        return self


def wait_for(moment: str) -> None:
    """Until a written time has come."""
    while format_instant(datetime.now(UTC).replace(microsecond=0)) < moment:
        time.sleep(0.05)


def refused(case: Case, message: Message, marker: str) -> set[str]:
    """Hand in as its sender, and look that only the refusal is on record; gives ``rule code`` of every reason.

    On record: an entry, the digest of the message, the proof for its sender. The same bytes get the same refusal.
    """
    live, caller = case.live, Address(message["from"]).oin
    bound, text = case.sealed(message)
    data = envelope(case.sign(bound), text)
    before = live.counts()
    answer = live.post(data, caller)
    assert (answer.status, answer.code) == (403, "geweigerd"), (answer.status, answer.code, answer.body.get("pointer"))
    more = live.counts()
    more.subtract(before)
    changes = {table: count for table, count in more.items() if count and table != "refusals"}
    assert changes == {"entry": 1, "message": 1, "delivery": 1}
    (row,) = live.fetch("SELECT allowed, manifest, recipients FROM message ORDER BY seq DESC LIMIT 1")
    assert (row["allowed"], row["manifest"], row["recipients"]) == (False, None, [])
    assert marker.encode() not in answer.raw
    assert live.held(marker) == []
    if text is not None:
        assert json.loads(text)["ciphertext"][:60].encode() not in live.everything()
    assert live.post(data, caller).body["receipt"] == answer.body["receipt"]
    return answer.rules


def rvdk(case: Case) -> Address:
    """Child protection, which may be asked."""
    return case.live.address("rvdk")


def police(case: Case) -> Address:
    """The police, who may be asked."""
    return case.live.address("politie")


def prosecutor(case: Case) -> Address:
    """The public prosecutor, who takes no part in the case."""
    return case.live.address("om")


def question(case: Case, **updates: Any) -> Message:
    """A question to child protection, with things changed."""
    return changed(case.question(rvdk(case)), **updates)
