"""Messages that no connector would make, out of genuine ones: changed, sealed anew, signed with a real key.

Built as plain JSON, so that nothing which our own code would refuse to build is out of reach.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from uuid_utils import uuid7

from deploy.demo.adversary.thief import Answer, Message, Thief
from keys import jws
from keys.binding import Context, sealed_digest
from keys.jws import SigningKey
from keys.sealing import Plaintext, ReceiveKey, Recipient, seal
from keys.suites import AkpKey, thumbprint
from schemas import canonical, strict
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term, format_instant
from schemas.manifest import MANIFEST_TYP


def later(**step: float) -> str:
    """A time from now, as it is written."""
    return format_instant(datetime.now(UTC).replace(microsecond=0) + timedelta(**step))


def draw() -> str:
    """128 random bits."""
    return strict.encode_base64url(secrets.token_bytes(16))


def changed(message: Mapping[str, Any], updates: Mapping[str, Any]) -> Message:
    """A copy with members set (None takes away); ``act.ceiling.items.0.level`` reaches inside."""
    made: Message = copy.deepcopy(dict(message))
    for path, value in updates.items():
        *way, last = path.split(".")
        place: Any = made
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if isinstance(place, list):
            place[int(last)] = value
        elif value is None:
            del place[last]
        else:
            place[last] = value
    return made


def signed(manifest: Mapping[str, Any], key: SigningKey) -> str:
    """The JWS."""
    return jws.sign(canonical.encode(dict(manifest)), key, MANIFEST_TYP)


@dataclass(frozen=True)
class Sealed:
    """A message with its sealed part, not yet signed."""

    manifest: Message
    text: str

    def changed(self, updates: Mapping[str, Any]) -> Sealed:
        """The manifest changed, the sealed part as it was."""
        return Sealed(changed(self.manifest, updates), self.text)

    def resealed(self, text: str) -> Sealed:
        """Another sealed part, announced as it should be."""
        return Sealed(changed(self.manifest, {"sealed.sha256": sealed_digest(text)}), text)


class Forger:
    """Starts from what the house asked in one case, with the house's keys."""

    def __init__(self, thief: Thief, case: str, asked: Address) -> None:
        """``asked``: who was asked, so that there is a question and a key to start from."""
        self.thief, self.case, self.asked = thief, case, asked
        self._question = thief.last(case, "triagevraag", to=[asked])
        self._published: Message = thief.last(case, "sleutel", from_=asked)["act"]["keys"][-1]

    @staticmethod
    def number() -> str:
        """The id of a new message."""
        return str(uuid7())

    def question(self, updates: Mapping[str, Any] | None = None, key: AkpKey | None = None) -> Sealed:
        """A question like the genuine one, to be answered in an hour, with things changed; then sealed.

        ``key``: to which it is sealed, if not to the one that who is asked published.
        """
        manifest = changed(
            self._question,
            {
                "id": self.number(),
                "created": later(),
                "expires": later(hours=8),
                "act.answer_at": later(hours=1),
                "act.ceiling.expires": later(hours=6),
            },
        )
        for item in manifest["items"]:
            item["item"] = draw()
        return self.seal(changed(manifest, updates or {}), key)

    def seal(self, manifest: Message, key: AkpKey | None = None) -> Sealed:
        """Sealed (with nothing inside but padding) to the one recipient, and bound to it."""
        public = key or AkpKey.model_validate(self._published["pub"])
        context = Context(
            case=CaseRef(manifest["case"]),
            house=HouseId(manifest["house"]),
            id=MessageId(manifest["id"]),
            iss=Address(manifest["from"]),
            phase=Term(manifest["phase"]),
        )
        text = seal(
            Plaintext(()), [Recipient(Address(manifest["to"][0]), public)], context, manifest["sealed"]["bucket"]
        )
        outside = {"sealed.sha256": sealed_digest(text), "sealed.recipients": [thumbprint(public)]}
        return Sealed(changed(manifest, outside), text)

    def sign(self, sealed: Sealed, key: SigningKey | None = None) -> str:
        """By the house unless told."""
        return signed(sealed.manifest, key or self.thief.signer())

    def post(self, sealed: Sealed, key: SigningKey | None = None) -> Answer:
        """Hand in."""
        return self.thief.post(self.sign(sealed, key), sealed.text)

    def over_asking(self) -> Sealed:
        """Criminal records, in detail, among what may be answered."""
        ceiling = copy.deepcopy(self._question["act"]["ceiling"])
        ceiling["grounds"].append({**ceiling["grounds"][0], "basis": "wjsg_8a"})
        row = {"category": "justitiele_gegevens", "level": "D", "fields": ["/veroordelingen"]}
        ceiling["items"].append({**ceiling["items"][0], **row, "ground": len(ceiling["grounds"]) - 1})
        return self.question({"act.ceiling": {**ceiling, "expires": later(hours=6)}})


def own_key() -> AkpKey:
    """A key that nobody published."""
    return ReceiveKey.generate().public
