"""Attacks by who holds a real party's keys and posts past its connector: the broker must notice, and says why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from deploy.demo.adversary.attack import Attack, Play, Seen
from deploy.demo.adversary.forging import Forger, Sealed, changed, draw, later, own_key, signed
from deploy.demo.adversary.ground import AWAY, Ground
from deploy.demo.adversary.thief import Answer
from keys.jws import SigningKey
from keys.suites import AkpKey
from schemas import canonical, strict

PARTY = "a party with its real keys"
HOUSE_KEYS = "the broker; the refusal is in the ledger, where the house sees that it was not its own"
DOOR = "the broker, at the door; nothing is on record but a count in its security log"
NAME = "jan_jansen_emmen"
TAKEN: Seen = ("202 allowed",)


def _posts(make: Callable[[Forger], Answer]) -> Play:
    """One message to the running broker; honest: a question as the house may ask it."""

    async def play(ground: Ground, lie: bool) -> Seen:
        def post() -> Answer:
            forger = ground.forger()
            return make(forger) if lie else forger.post(forger.question())

        return (await asyncio.to_thread(post)).seen

    return play


def _with(**updates: object) -> Play:
    """A question with members changed, and sealed and signed as it should be."""
    return _posts(lambda forger: forger.post(forger.question({name.replace("__", "."): v for name, v in updates.items()})))


def _hands_in(make: Callable[[Forger, Sealed], bytes]) -> Play:
    """The bytes of an envelope, spoiled."""
    return _posts(lambda forger: forger.thief.hand_in(make(forger, forger.question())))


def _envelope(forger: Forger, sealed: Sealed) -> bytes:
    return json.dumps({"manifest": forger.sign(sealed), "sealed": sealed.text}).encode()


def _tampered(forger: Forger, sealed: Sealed) -> bytes:
    header, payload, signature = forger.sign(sealed).split(".")
    content = changed(strict.parse_object(strict.decode_base64url(payload)), {"expires": later(days=9)})
    text = ".".join((header, strict.encode_base64url(canonical.encode(content)), signature))
    return json.dumps({"manifest": text, "sealed": sealed.text}).encode()


def _cut_ciphertext(forger: Forger) -> Answer:
    sealed = forger.question()
    parts = json.loads(sealed.text)
    parts["ciphertext"] = parts["ciphertext"][:4000]
    return forger.post(sealed.resealed(json.dumps(parts, separators=(",", ":"))))


def _unsigned(forger: Forger, sealed: Sealed) -> bytes:
    header = strict.encode_base64url(canonical.encode({"alg": "none", "kid": forger.thief.signer().kid, "typ": "x"}))
    text = f"{header}.{strict.encode_base64url(canonical.encode(sealed.manifest))}."
    return json.dumps({"manifest": text, "sealed": sealed.text}).encode()


def _other_seal(forger: Forger) -> Answer:
    """What was sealed for one message, under the number of another."""
    first, second = forger.question(), forger.question()
    return forger.post(second.resealed(first.text))


def _same_number(forger: Forger) -> Answer:
    sealed = forger.question()
    forger.post(sealed)
    return forger.post(sealed.changed({"expires": later(hours=9)}))


async def _same_bytes(ground: Ground, lie: bool) -> Seen:
    def post() -> Seen:
        forger = ground.forger()
        data = _envelope(forger, forger.question())
        first = forger.thief.hand_in(data)
        if not lie:
            return first.seen
        before = len(forger.thief.entries())
        again = forger.thief.hand_in(data)
        same = again.body["receipt"] == first.body["receipt"]
        more = len(forger.thief.entries()) - before > 1  # the round of the first may come in between
        return (*again.seen, "the same receipt" if same and not more else "another entry")

    return await asyncio.to_thread(post)


def _lost(which: str) -> Play:
    """A question of the house signed with a key of its own that does not count any more."""

    def post(forger: Forger, lost: SigningKey) -> Answer:
        return forger.post(forger.question(), lost)

    async def play(ground: Ground, lie: bool) -> Seen:
        lost = ground.sandbox.founded.lost[which] if lie else ground.thief("huis").signer()
        return (await asyncio.to_thread(lambda: post(ground.forger(), lost))).seen

    return play


async def _anothers_name(ground: Ground, lie: bool) -> Seen:
    """The house's question, with its certificate, signed by another party."""
    key = ground.thief("reclassering").signer() if lie else ground.thief("huis").signer()
    return (await asyncio.to_thread(lambda: (forger := ground.forger()).post(forger.question(), key))).seen


async def _phase_by_party(ground: Ground, lie: bool) -> Seen:
    """Who was asked decides that the case moves on."""

    def post() -> Seen:
        huis, asked = ground.thief("huis"), ground.thief("reclassering")
        decision = huis.last(ground.case, "fase_besluit")
        return asked.post(signed(changed(decision, {**_anew(), "from": asked.address, "on_behalf_of": None}), asked.signer())).seen

    return await asyncio.to_thread(post)


def _anew() -> dict[str, object]:
    return {"id": Forger.number(), "created": later(), "expires": later(hours=8)}


def over_ask(forger: Forger) -> tuple[Answer, str]:
    """Criminal records in detail, in triage: what the broker says, and what the ledger has of it."""
    sealed = forger.over_asking()
    text = forger.sign(sealed)
    answer = forger.thief.post(text, sealed.text)
    body = forger.thief.recorded(text) or {}
    return answer, "refused_with_manifest" if body.get("manifest") else str(body.get("outcome", "nothing"))


async def _over_asks(ground: Ground, lie: bool) -> Seen:
    def post() -> Seen:
        forger = ground.forger()
        if not lie:
            return forger.post(forger.question()).seen
        answer, recorded = over_ask(forger)
        return (*answer.seen, f"in the ledger: {recorded}")

    return await asyncio.to_thread(post)


async def _writes_names(ground: Ground, lie: bool) -> Seen:
    """A refusal whose purpose is a name: it must not be in the ledger for ever."""

    def post() -> Seen:
        forger = ground.forger()
        sealed = forger.question({"purpose": NAME} if lie else {})
        text = forger.sign(sealed)
        seen = forger.thief.post(text, sealed.text).seen
        if not lie:
            return seen
        body = dict(forger.thief.recorded(text) or {})
        about = body.get("about") or {}
        clean = NAME not in json.dumps(body) and about.get("purpose") == "unknown"
        return (seen[0], "in the ledger: purpose unknown" if clean else "the name is in the ledger")

    return await asyncio.to_thread(post)


async def _floods(ground: Ground, lie: bool) -> Seen:
    """One refusal after the other, to fill the ledger."""

    def post() -> Seen:
        thief = ground.thief("reclassering")
        key = ground.thief("huis").last(ground.case, "sleutel_verzoek", to=[thief.address])
        base = changed(key, {"from": thief.address, "to": [ground.address(AWAY)], "on_behalf_of": None})
        for _ in range(400 if lie else 1):
            answer = thief.post(signed(changed(base, _anew()), thief.signer()))
            if answer.status != 403:
                return answer.seen
        return answer.seen

    return await asyncio.to_thread(post)


def own(forger: Forger, key: AkpKey | None = None) -> Answer:
    """Sealed to a key of the sender's own making."""
    return forger.post(forger.question(key=key or own_key()))


BY_PARTY: tuple[Attack, ...] = (
    Attack(
        "over-asking",
        ("T9", "T14"),
        PARTY,
        "asks the prosecutor for criminal records in detail, in triage, past the house's connector",
        HOUSE_KEYS,
        ("403 geweigerd", "3.5a niet_in_deze_fase", "in the ledger: refused"),
        _over_asks,
        TAKEN,
    ),
    Attack(
        "bsn-asked",
        ("T9",),
        PARTY,
        "asks for a field `bsn` in the answer",
        HOUSE_KEYS,
        ("403 geweigerd", "B4-x verboden_veld"),
        _with(act__ceiling__items__0__fields__0="/bsn"),
        TAKEN,
    ),
    Attack(
        "another-phase",
        ("T9", "T11"),
        PARTY,
        "signs the question again under a phase that has passed",
        HOUSE_KEYS,
        (
            "403 geweigerd",
            "12 sleutel_ontbreekt",
            "3.5a fase_onjuist",
            "3.5a soort_niet_in_fase",
            "3.5c akkoord_ontbreekt",
            "5.2 noodzaak_onbekend",
            "9.2 niet_in_deze_fase",
            "B2 doel_niet_in_fase",
        ),
        _with(phase="aanmelding"),
        TAKEN,
    ),
    Attack(
        "another-case",
        ("T9", "T11"),
        PARTY,
        "signs the question again under another case: the notifier's mandate names the case",
        DOOR,
        ("400 mandaat_fout",),
        _with(case=draw()),
        TAKEN,
    ),
    Attack(
        "another-house",
        ("T11",),
        PARTY,
        "signs the question again for another house and posts it to this one",
        DOOR,
        ("400 verkeerd_huis",),
        _with(house="ander-huis"),
        TAKEN,
    ),
    Attack(
        "another-person-asked",
        ("T9", "T14"),
        PARTY,
        "asks about a person whom nobody notified",
        HOUSE_KEYS,
        ("403 geweigerd", "1.19 andere_persoon", "16.1 niet_geinformeerd"),
        _with(act__ceiling__items__0__subject=draw()),
        TAKEN,
    ),
    Attack(
        "phase-by-a-party",
        ("T9",),
        PARTY,
        "who was asked signs a decision that moves the case on",
        "the broker; the refusal is in the ledger",
        ("403 geweigerd", "3.5a fase_onjuist", "9.6 afzender_niet_bevoegd"),
        _phase_by_party,
    ),
    Attack(
        "same-bytes",
        ("T11",),
        PARTY,
        "posts the same bytes again",
        "nobody needs to: it counts once",
        ("202 allowed", "the same receipt"),
        _same_bytes,
        TAKEN,
    ),
    Attack(
        "same-number",
        ("T11",),
        PARTY,
        "posts another message under a number that was used",
        DOOR,
        ("409 nummer_hergebruikt",),
        _posts(_same_number),
        TAKEN,
    ),
    Attack(
        "tampered",
        ("T11", "T15"),
        PARTY,
        "changes one member of a signed message",
        DOOR,
        ("400 handtekening_fout",),
        _hands_in(_tampered),
        TAKEN,
    ),
    Attack(
        "truncated",
        ("T11", "T24"),
        PARTY,
        "cuts the message off halfway",
        DOOR,
        ("400 geen_json",),
        _hands_in(lambda forger, sealed: _envelope(forger, sealed)[:-2000]),
        TAKEN,
    ),
    Attack(
        "member-twice",
        ("T24",),
        PARTY,
        "gives a member twice, so that two readers may read two things",
        DOOR,
        ("400 dubbel_lid",),
        _hands_in(lambda forger, sealed: _envelope(forger, sealed)[:-1] + b',"sealed":null}'),
        TAKEN,
    ),
    Attack(
        "seal-cut",
        ("T11",),
        PARTY,
        "cuts the sealed part and announces it so",
        DOOR,
        ("400 verzegeling_fout",),
        _posts(_cut_ciphertext),
        TAKEN,
    ),
    Attack(
        "seal-of-another",
        ("T11",),
        PARTY,
        "sends what was sealed for one message under the number of another",
        DOOR,
        ("400 verzegeling_fout",),
        _posts(_other_seal),
        TAKEN,
    ),
    Attack(
        "re-sealed",
        ("T2", "T28"),
        PARTY,
        "seals to a key that the recipient never published",
        HOUSE_KEYS,
        ("403 geweigerd", "12 sleutel_ontbreekt"),
        _posts(own),
        TAKEN,
    ),
    Attack(
        "alg-none",
        ("T24", "T28"),
        PARTY,
        "sends a message with `alg: none` and no signature",
        DOOR,
        ("400 handtekening_vorm",),
        _hands_in(_unsigned),
        TAKEN,
    ),
    Attack(
        "revoked-key",
        ("T12",),
        PARTY,
        "signs with a key of the house that was revoked",
        DOOR,
        ("400 sleutel_ingetrokken",),
        _lost("revoked"),
        TAKEN,
        shown=True,
    ),
    Attack(
        "expired-key",
        ("T12",),
        PARTY,
        "signs with a key of the house that has expired",
        DOOR,
        ("400 sleutel_verlopen",),
        _lost("expired"),
        TAKEN,
    ),
    Attack(
        "anothers-name",
        ("T12", "T15"),
        PARTY,
        "signs a message of the house with the key of another party",
        DOOR,
        ("403 verkeerde_afzender",),
        _anothers_name,
        TAKEN,
    ),
    Attack(
        "names-in-refusals",
        ("T17", "T20"),
        PARTY,
        "writes a person's name where a purpose belongs, so that the refusal keeps it in the ledger for ever",
        "whoever reads the ledger sees `unknown`",
        ("403 geweigerd", "in the ledger: purpose unknown"),
        _writes_names,
        TAKEN,
        shown=True,
    ),
    Attack(
        "flood-of-refusals",
        ("T23",),
        PARTY,
        "has itself refused hundreds of times, to fill the ledger",
        "the broker: after 200 a day nothing more is written but one line an hour",
        ("429 te_veel",),
        _floods,
        last=True,
    ),
)
