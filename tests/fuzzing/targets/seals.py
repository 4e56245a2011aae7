"""JWE General JSON from outside, one recipient's header, opening with a key, and what stands inside."""

from __future__ import annotations

import json
from collections.abc import Iterable

from keys import KeyRecordError, SealError
from keys.binding import Context, Entry, Sealed, parse, shape
from keys.sealing import EcReceiveKey, HeldKey, Plaintext, ReceiveKey, Recipient, open_, seal
from keys.suites import EC_ALGORITHM, KETEN_EC, public_key
from schemas import strict
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term
from schemas.strict import encode_base64url
from tests.fuzzing.oracle import FindingError, Target, kit, same, text_of

CONTEXT = Context(
    case=CaseRef("AAAAAAAAAAAAAAAAAAAAAA"),
    house=HouseId("noord"),
    id=MessageId("01930000-0000-7000-8000-000000000001"),
    iss=Address("00000099000000001000:politie"),
    phase=Term("triage"),
)
ANN = Address("00000099000000002000:gemeente")
KEYS: tuple[HeldKey, ...] = (ReceiveKey.from_seed(b"\x01" * 32), EcReceiveKey.from_seed(b"\x02" * 32))
PLAIN = Plaintext(("eyJ", "abc"), inner="a.b.c", explanation="opening")
SEALED = tuple(seal(PLAIN, [Recipient(ANN, key.public)], CONTEXT, 4096) for key in KEYS)


def _recipient(entry: Entry) -> dict[str, object]:
    header: dict[str, object] = {"kid": entry.kid}
    if entry.suite == KETEN_EC and entry.bound is not None:
        share = {"kty": "OKP", "crv": "X25519", "x": encode_base64url(entry.encapsulated)}
        header |= {"alg": EC_ALGORITHM, "epk": share}
        header |= {"apu": encode_base64url(entry.bound.sender), "apv": encode_base64url(entry.bound.context)}
    else:
        header |= {"alg": "HPKE-10-KE", "ek": encode_base64url(entry.encapsulated)}
    return {"header": header, "encrypted_key": encode_base64url(entry.wrapped)}


def _members(sealed: Sealed) -> dict[str, object]:
    """The JSON of what was read, written anew from its parts."""
    return {
        "protected": sealed.protected,
        "aad": sealed.aad,
        "recipients": [_recipient(entry) for entry in sealed.entries],
        "iv": encode_base64url(sealed.iv),
        "ciphertext": encode_base64url(sealed.ciphertext),
        "tag": encode_base64url(sealed.tag),
    }


def _outside(data: bytes) -> bool:
    text = text_of(data)
    try:
        sealed = parse(text)
    except SealError:
        return False
    same(_members(sealed), json.loads(text), "other members than came in")
    same(shape(text).recipients, tuple(entry.kid for entry in sealed.entries), "other recipients")
    return True


def _header(data: bytes) -> bool:
    """``data`` is the JSON of one recipient, in an outside that is in order."""
    whole = SEALED[0]
    begin, end = whole.index('"recipients":[') + len('"recipients":['), whole.index('],"aad"')
    return _outside(whole[:begin].encode() + data + whole[end:].encode())


def _headers() -> Iterable[bytes]:
    for text in SEALED:
        yield json.dumps(json.loads(text)["recipients"][0]).encode()


def _opening(data: bytes) -> bool:
    text = text_of(data)
    for key in KEYS:
        try:
            plain = open_(text, key, ANN, CONTEXT, 4096)
        except SealError:
            continue
        if plain != PLAIN:
            raise FindingError("something opens that nobody sealed")
        return True
    return False


def _openings() -> tuple[bytes, ...]:
    return (*(text.encode() for text in SEALED), *kit("opening")())


def _public(data: bytes) -> bool:
    try:
        members = strict.parse_object(data)
    except strict.StrictError:
        return False
    try:
        key = public_key(members)
    except KeyRecordError:
        return False
    same(public_key(key.model_dump()), key, "another key when it is read again")
    return True


TARGETS = (
    Target("jwe", _outside, _openings, few=250),
    Target("recipient-header", _header, _headers, few=250),
    Target("opening", _opening, _openings, few=250),
    Target("public-key", _public, kit("public-key")),
)
