"""What who holds a real party's keys posts past its connector: messages that are signed well and not right.

Each play gives what the broker says; without the lie it is a question as the house may ask it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus

from deploy.demo.adversary.attack import Play, Seen
from deploy.demo.adversary.forging import Forger, Sealed, changed, later, own_key, signed
from deploy.demo.adversary.ground import ASKED, AWAY, Ground
from deploy.demo.adversary.thief import Answer
from keys.jws import SigningKey
from keys.suites import AkpKey
from schemas import canonical, strict

NAME = "jan_jansen_emmen"


def posts(make: Callable[[Forger], Answer]) -> Play:
    """One message to the running broker; honest: a question as the house may ask it."""

    async def play(ground: Ground, lie: bool) -> Seen:
        def post() -> Answer:
            forger = ground.forger()
            return make(forger) if lie else forger.post(forger.question())

        return (await asyncio.to_thread(post)).seen

    return play


def asks_with(**updates: object) -> Play:
    """A question with members changed, and sealed and signed as it should be."""
    return posts(
        lambda forger: forger.post(forger.question({name.replace("__", "."): v for name, v in updates.items()}))
    )


def hands_in(make: Callable[[Forger, Sealed], bytes]) -> Play:
    """The bytes of an envelope, spoiled."""
    return posts(lambda forger: forger.thief.hand_in(make(forger, forger.question())))


def envelope(forger: Forger, sealed: Sealed) -> bytes:
    return json.dumps({"manifest": forger.sign(sealed), "sealed": sealed.text}).encode()


def tampered(forger: Forger, sealed: Sealed) -> bytes:
    header, payload, signature = forger.sign(sealed).split(".")
    content = changed(strict.parse_object(strict.decode_base64url(payload)), {"expires": later(days=9)})
    text = ".".join((header, strict.encode_base64url(canonical.encode(content)), signature))
    return json.dumps({"manifest": text, "sealed": sealed.text}).encode()


def cut_ciphertext(forger: Forger) -> Answer:
    sealed = forger.question()
    parts = json.loads(sealed.text)
    parts["ciphertext"] = parts["ciphertext"][:4000]
    return forger.post(sealed.resealed(json.dumps(parts, separators=(",", ":"))))


def unsigned(forger: Forger, sealed: Sealed) -> bytes:
    header = strict.encode_base64url(canonical.encode({"alg": "none", "kid": forger.thief.signer().kid, "typ": "x"}))
    text = f"{header}.{strict.encode_base64url(canonical.encode(sealed.manifest))}."
    return json.dumps({"manifest": text, "sealed": sealed.text}).encode()


def other_seal(forger: Forger) -> Answer:
    """What was sealed for one message, under the number of another."""
    first, second = forger.question(), forger.question()
    return forger.post(second.resealed(first.text))


def same_number(forger: Forger) -> Answer:
    sealed = forger.question()
    forger.post(sealed)
    return forger.post(sealed.changed({"expires": later(hours=9)}))


async def same_bytes(ground: Ground, lie: bool) -> Seen:
    def post() -> Seen:
        forger = ground.forger()
        data = envelope(forger, forger.question())
        first = forger.thief.hand_in(data)
        if not lie:
            return first.seen
        before = len(forger.thief.entries())
        again = forger.thief.hand_in(data)
        same = again.body["receipt"] == first.body["receipt"]
        more = len(forger.thief.entries()) - before > 1  # the round of the first may come in between
        return (*again.seen, "the same receipt" if same and not more else "another entry")

    return await asyncio.to_thread(post)


def lost(which: str) -> Play:
    """A question of the house signed with a key of its own that does not count any more."""

    def post(forger: Forger, lost: SigningKey) -> Answer:
        return forger.post(forger.question(), lost)

    async def play(ground: Ground, lie: bool) -> Seen:
        lost = ground.sandbox.founded.lost[which] if lie else ground.thief("huis").signer()
        return (await asyncio.to_thread(lambda: post(ground.forger(), lost))).seen

    return play


async def anothers_name(ground: Ground, lie: bool) -> Seen:
    """The house's question, with its certificate, signed by another party."""
    key = ground.thief("reclassering").signer() if lie else ground.thief("huis").signer()
    return (await asyncio.to_thread(lambda: (forger := ground.forger()).post(forger.question(), key))).seen


async def phase_by_party(ground: Ground, lie: bool) -> Seen:
    """Who was asked decides that the case moves on."""

    def post() -> Seen:
        huis, asked = ground.thief("huis"), ground.thief(ASKED)
        decision = huis.last(ground.case, "fase_besluit")
        return asked.post(
            signed(changed(decision, {**anew(), "from": asked.address, "on_behalf_of": None}), asked.signer())
        ).seen

    return await asyncio.to_thread(post)


def anew() -> dict[str, object]:
    return {"id": Forger.number(), "created": later(), "expires": later(hours=8)}


def over_ask(forger: Forger) -> tuple[Answer, str]:
    """Criminal records in detail, in triage: what the broker says, and what the ledger has of it."""
    sealed = forger.over_asking()
    text = forger.sign(sealed)
    answer = forger.thief.post(text, sealed.text)
    body = forger.thief.recorded(text) or {}
    return answer, "refused_with_manifest" if body.get("manifest") else str(body.get("outcome", "nothing"))


async def over_asks(ground: Ground, lie: bool) -> Seen:
    def post() -> Seen:
        forger = ground.forger()
        if not lie:
            return forger.post(forger.question()).seen
        answer, recorded = over_ask(forger)
        return (*answer.seen, f"in the ledger: {recorded}")

    return await asyncio.to_thread(post)


async def writes_names(ground: Ground, lie: bool) -> Seen:
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


async def floods(ground: Ground, lie: bool) -> Seen:
    """One refusal after the other, to fill the ledger."""

    def post() -> Seen:
        thief = ground.thief(ASKED)
        key = ground.thief("huis").last(ground.case, "sleutel_verzoek", to=[thief.address])
        base = changed(key, {"from": thief.address, "to": [ground.address(AWAY)], "on_behalf_of": None})
        for _ in range(400):
            answer = thief.post(signed(changed(base, anew()), thief.signer()))
            if answer.status != HTTPStatus.FORBIDDEN:
                return answer.seen
        return ("nobody stops it",)

    return await asyncio.to_thread(post)


def own(forger: Forger, key: AkpKey | None = None) -> Answer:
    """Sealed to a key of the sender's own making."""
    return forger.post(forger.question(key=key or own_key()))
