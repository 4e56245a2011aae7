"""Sealing and opening: round trips, every binding, every malformed outside and inside, one constant error."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import KeyRecordError, KeysError, SealError, jwe
from keys.binding import Context, aad, bind, parse, recipient_context, sealed_digest, shape
from keys.hpke import unwrap_key
from keys.sealing import (
    Plaintext,
    ReceiveKey,
    Recipient,
    choose_bucket,
    open_,
    open_members,
    seal,
    seal_members,
)
from keys.suites import BUCKETS, AkpKey
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term
from schemas.strict import Json, decode_base64url, encode_base64url

CONTEXT = Context(
    case=CaseRef("AAAAAAAAAAAAAAAAAAAAAA"),
    house=HouseId("noord"),
    id=MessageId("01930000-0000-7000-8000-000000000001"),
    iss=Address("00000099000000001000:politie"),
    phase=Term("triage"),
)
ANN, BOB = Address("00000099000000002000:gemeente"), Address("00000099000000003000:ggz")
ANNS, BOBS = ReceiveKey.from_seed(b"\x01" * 32), ReceiveKey.from_seed(b"\x02" * 32)
BOTH = [Recipient(ANN, ANNS.public), Recipient(BOB, BOBS.public)]
PLAIN = Plaintext(("eyJ", "abc"), inner="a.b.c", explanation="opening")
SEALED = seal(PLAIN, BOTH, CONTEXT, 4096)
BOBS_PART = range(SEALED.rindex('{"header"'), SEALED.index('],"aad"'))


def opened(text: str, **changes: Any) -> Plaintext:
    arguments: dict[str, Any] = {"key": ANNS, "address": ANN, "context": CONTEXT, "bucket": 4096, **changes}
    return open_(text, **arguments)


def refuses(text: str, **changes: Any) -> None:
    with pytest.raises(SealError) as caught:
        opened(text, **changes)
    assert str(caught.value) == "the sealed part does not open"


def test_every_recipient_opens() -> None:
    assert opened(SEALED) == PLAIN
    assert opened(SEALED, key=BOBS, address=BOB) == PLAIN


@settings(max_examples=20)
@given(st.lists(st.text(alphabet="abcXYZ019_-", max_size=40), max_size=5), st.booleans())
def test_round_trip(texts: list[str], with_inner: bool) -> None:
    plain = Plaintext(tuple(texts), inner="i" if with_inner else None)
    bucket = choose_bucket(plain)
    assert opened(seal(plain, BOTH, CONTEXT, bucket), bucket=bucket) == plain


def test_the_outside_shows_only_shape() -> None:
    seen = shape(SEALED)
    assert seen.suite == "keten-pq"
    assert seen.recipients == (ANNS.kid, BOBS.kid)
    assert seen.bucket == 4096
    assert seen.aad == aad(CONTEXT.id) == encode_base64url(b"keten-1.01930000-0000-7000-8000-000000000001")
    assert len(sealed_digest(SEALED)) == 43


def test_the_form_is_the_agreed_one() -> None:
    members = json.loads(SEALED)
    assert list(members) == ["protected", "recipients", "aad", "iv", "ciphertext", "tag"]
    assert json.loads(decode_base64url(members["protected"])) == {"enc": "A256GCM", "typ": "keten+jwe"}
    assert [set(one) for one in members["recipients"]] == [{"header", "encrypted_key"}] * 2
    assert [set(one["header"]) for one in members["recipients"]] == [{"alg", "kid", "ek"}] * 2


def test_each_message_has_its_own_content_key() -> None:
    first, second = parse(SEALED), parse(seal(PLAIN, BOTH, CONTEXT, 4096))
    assert first.ciphertext != second.ciphertext
    assert first.iv != second.iv


def test_the_context_is_a_digest_of_six_members() -> None:
    members = {
        "case": "AAAAAAAAAAAAAAAAAAAAAA",
        "house": "noord",
        "id": "01930000-0000-7000-8000-000000000001",
        "iss": "00000099000000001000:politie",
        "phase": "triage",
        "rcpt": "00000099000000002000:gemeente",
    }
    text = json.dumps(members, separators=(",", ":"))
    assert recipient_context(CONTEXT, ANN) == hashlib.sha256(text.encode()).digest()
    contexts = {recipient_context(context, address) for context in OTHER_CONTEXTS for address in (ANN, BOB)}
    assert len(contexts) == 2 * len(OTHER_CONTEXTS)


OTHER_CONTEXTS = [
    replace(CONTEXT, case=CaseRef("BAAAAAAAAAAAAAAAAAAAAA")),
    replace(CONTEXT, case=None),
    replace(CONTEXT, house=HouseId("zuid")),
    replace(CONTEXT, id=MessageId("01930000-0000-7000-8000-000000000002")),
    replace(CONTEXT, iss=Address("00000099000000001000:burgemeester")),
    replace(CONTEXT, phase=Term("casusoverleg")),
    replace(CONTEXT, phase=None),
]


@pytest.mark.parametrize("context", OTHER_CONTEXTS)
def test_in_another_context_it_does_not_open(context: Context) -> None:
    refuses(SEALED, context=context)


def test_for_another_address_or_key_it_does_not_open() -> None:
    refuses(SEALED, address=BOB)
    refuses(SEALED, key=BOBS)
    refuses(SEALED, key=ReceiveKey.generate())


@pytest.mark.parametrize("bucket", [0, 4095, 16384])
def test_in_another_bucket_it_does_not_open(bucket: int) -> None:
    refuses(SEALED, bucket=bucket)


def test_a_length_that_is_no_bucket_does_not_open() -> None:
    text = jwe.encrypt(b'{"v":1,"pad":""}', [(ANNS.public, bind(CONTEXT, ANN))], aad(CONTEXT.id))
    assert shape(text).bucket is None
    refuses(text, bucket=16)


def swap_recipients(members: dict[str, Any]) -> None:
    """Each header keeps its place, the wrapped keys change places."""
    one, two = members["recipients"]
    one["encrypted_key"], two["encrypted_key"] = two["encrypted_key"], one["encrypted_key"]


def swap_encapsulations(members: dict[str, Any]) -> None:
    one, two = (recipient["header"] for recipient in members["recipients"])
    one["ek"], two["ek"] = two["ek"], one["ek"]


def swap_names(members: dict[str, Any]) -> None:
    one, two = (recipient["header"] for recipient in members["recipients"])
    one["kid"], two["kid"] = two["kid"], one["kid"]


def protect(members: dict[str, Any], text: str) -> None:
    members["protected"] = encode_base64url(text.encode())


def flip(members: dict[str, Any], name: str) -> None:
    members[name] = ("B" if members[name][0] == "A" else "A") + members[name][1:]


TAMPERINGS: dict[str, Callable[[dict[str, Any]], object]] = {
    "wrapped keys swapped": swap_recipients,
    "encapsulations swapped": swap_encapsulations,
    "names swapped": swap_names,
    "extra member": lambda m: m.update(extra=1),
    "unprotected header": lambda m: m.update(unprotected={}),
    "no aad": lambda m: m.pop("aad"),
    "aad of another message": lambda m: m.update(aad=aad(MessageId("01930000-0000-7000-8000-00000000000f"))),
    "aad no text": lambda m: m.update(aad=1),
    "padded aad": lambda m: m.update(aad=m["aad"] + "="),
    "zip": lambda m: protect(m, '{"enc":"A256GCM","typ":"keten+jwe","zip":"DEF"}'),
    "other enc": lambda m: protect(m, '{"enc":"A128GCM","typ":"keten+jwe"}'),
    "other typ": lambda m: protect(m, '{"enc":"A256GCM","typ":"JWE"}'),
    "double enc": lambda m: protect(m, '{"enc":"A128GCM","enc":"A256GCM","typ":"keten+jwe"}'),
    "protected no object": lambda m: protect(m, "[]"),
    "other spelling of the protected header": lambda m: protect(m, '{"typ":"keten+jwe", "enc":"A256GCM"}'),
    "no recipients": lambda m: m.update(recipients=[]),
    "recipients no list": lambda m: m.update(recipients={}),
    "too many recipients": lambda m: m.update(recipients=m["recipients"] * 33),
    "one recipient twice": lambda m: m["recipients"].append(m["recipients"][0]),
    "recipient no object": lambda m: m.update(recipients=["x"]),
    "zip for a recipient": lambda m: m["recipients"][0]["header"].update(zip="DEF"),
    "other alg": lambda m: m["recipients"][0]["header"].update(alg="ECDH-ES+A256KW"),
    "alg no text": lambda m: m["recipients"][0]["header"].update(alg=[]),
    "kid no text": lambda m: m["recipients"][0]["header"].update(kid=1),
    "kid no thumbprint": lambda m: m["recipients"][0]["header"].update(kid="x"),
    "short ek": lambda m: m["recipients"][0]["header"].update(ek="AAAA"),
    "short encrypted key": lambda m: m["recipients"][0].update(encrypted_key="AAAA"),
    "short iv": lambda m: m.update(iv="AAAA"),
    "short tag": lambda m: m.update(tag=m["tag"][:16]),
    "iv changed": lambda m: flip(m, "iv"),
    "tag changed": lambda m: flip(m, "tag"),
    "ciphertext changed": lambda m: flip(m, "ciphertext"),
    "ciphertext cut": lambda m: m.update(ciphertext=m["ciphertext"][:-8] + "AA"),
}
SEEN_FROM_OUTSIDE = {
    "wrapped keys swapped",
    "encapsulations swapped",
    "names swapped",
    "aad of another message",
    "other spelling of the protected header",
    "iv changed",
    "tag changed",
    "ciphertext changed",
    "ciphertext cut",
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_text_does_not_open(name: str) -> None:
    members = json.loads(SEALED)
    TAMPERINGS[name](members)
    text = json.dumps(members)
    refuses(text)
    if name in SEEN_FROM_OUTSIDE:
        assert shape(text).suite == "keten-pq"
    else:
        with pytest.raises(SealError):
            shape(text)


@given(st.integers(0, len(SEALED) - 1), st.sampled_from('ABab01_-"{},: '))
def test_a_changed_character_never_gives_another_text(at: int, character: str) -> None:
    changed = SEALED[:at] + character + SEALED[at + 1 :]
    if character == SEALED[at] or at in BOBS_PART:  # what is another recipient's may change
        return
    refuses(changed)


def test_recipients_in_another_order_show_in_the_shape() -> None:
    members = json.loads(SEALED)
    members["recipients"].reverse()
    assert shape(json.dumps(members)).recipients == (BOBS.kid, ANNS.kid)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", SEALED[:-1], SEALED + "x", SEALED.replace('"iv"', '"iv":"AAAAAAAAAAAAAAAA","iv"'), "\ud800"],
)
def test_what_is_no_jwe_of_ours_does_not_open(text: str) -> None:
    refuses(text)


def inside(content: str) -> str:
    """A validly sealed text with any content, filled up with white space."""
    keys = [(ANNS.public, bind(CONTEXT, ANN))]
    return jwe.encrypt(content.encode().ljust(4096), keys, aad(CONTEXT.id))


def test_a_sender_cannot_bind_the_outside_to_another_message() -> None:
    other = aad(MessageId("01930000-0000-7000-8000-00000000000f"))
    content = b'{"v":1,"disclosures":[],"pad":""}'.ljust(4096)
    refuses(jwe.encrypt(content, [(ANNS.public, bind(CONTEXT, ANN))], other))


def test_the_inside_may_be_written_otherwise() -> None:
    assert opened(inside('{"pad": "00", "v": 1, "disclosures": ["x"]}')) == Plaintext(("x",))


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "x",
        '{"disclosures":[],"pad":""}',
        '{"v":2,"disclosures":[],"pad":""}',
        '{"v":true,"disclosures":[],"pad":""}',
        '{"v":1,"disclosures":[]}',
        '{"v":1,"disclosures":[],"pad":1}',
        '{"v":1,"disclosures":[],"pad":"01"}',
        '{"v":1,"pad":""}',
        '{"v":1,"disclosures":{},"pad":""}',
        '{"v":1,"disclosures":[1],"pad":""}',
        '{"v":1,"disclosures":[],"inner":null,"pad":""}',
        '{"v":1,"disclosures":[],"explanation":5,"pad":""}',
        '{"v":1,"disclosures":[],"extra":"","pad":""}',
        '{"v":1,"v":1,"disclosures":[],"pad":""}',
        '{"v":1,"disclosures":[],"pad":1.5}',
    ],
)
def test_another_inside_does_not_open(content: str) -> None:
    refuses(inside(content))


@pytest.mark.parametrize("bucket", BUCKETS)
def test_a_bucket_is_filled_to_the_byte(bucket: int) -> None:
    overhead = len('{"v":1,"disclosures":[""],"pad":""}')
    full = Plaintext(("x" * (bucket - overhead),))
    assert choose_bucket(full) == bucket
    text = seal(full, BOTH, CONTEXT, bucket)
    assert shape(text).bucket == bucket
    assert opened(text, bucket=bucket) == full
    fuller = Plaintext(("x" * (bucket - overhead + 1),))
    with pytest.raises(KeysError):
        seal(fuller, BOTH, CONTEXT, bucket)
    if bucket == BUCKETS[-1]:
        with pytest.raises(KeysError, match="in parts"):
            choose_bucket(fuller)
    else:
        assert choose_bucket(fuller) == BUCKETS[BUCKETS.index(bucket) + 1]


def test_sealing_refuses_other_buckets_nobody_and_unfit_keys() -> None:
    with pytest.raises(KeysError):
        seal(PLAIN, BOTH, CONTEXT, 5000)
    with pytest.raises(KeysError):
        seal(PLAIN, [], CONTEXT, 4096)
    with pytest.raises(KeyRecordError):
        seal(PLAIN, [Recipient(ANN, AkpKey(pub="_" * 1622))], CONTEXT, 4096)


def test_findings_to_a_reply_key() -> None:
    reply = ReceiveKey.generate()
    findings: dict[str, Json] = {"findings": [{"path": "/naam", "code": "pad"}]}
    text = seal_members(findings, [Recipient(ANN, reply.public)], CONTEXT, 4096)
    assert open_members(text, reply, ANN, CONTEXT, 4096) == findings
    with pytest.raises(SealError):
        open_(text, reply, ANN, CONTEXT, 4096)


def test_secrets_do_not_show() -> None:
    assert repr(ANNS.seed) not in repr(ANNS)
    assert "eyJ" not in repr(PLAIN)
    assert "a.b.c" not in repr(PLAIN)
    with pytest.raises(KeysError):
        ReceiveKey.from_seed(b"short")


def test_the_published_vector_opens(shared: Path) -> None:
    folder = shared / "vectors/jose-hpke-pq/examples"
    key = ReceiveKey.from_seed(decode_base64url(json.loads((folder / "jwks/HPKE-10-KE.json").read_text())["priv"]))
    members = json.loads((folder / "jwe/HPKE-10-KE-flattened.json").read_text())
    compact = (folder / "jwe/HPKE-10-KE-compact.txt").read_text().strip().split(".")
    names = ("protected", "encrypted_key", "iv", "ciphertext", "tag")
    opened_texts = []
    for vector in (members, dict(zip(names, compact, strict=True))):
        header = json.loads(decode_base64url(vector["protected"]))
        content_key = unwrap_key(decode_base64url(header["ek"]), decode_base64url(vector["encrypted_key"]), key, b"")
        iv, ciphertext, tag = (decode_base64url(vector[name]) for name in ("iv", "ciphertext", "tag"))
        authenticated = vector["protected"] + (f".{vector['aad']}" if "aad" in vector else "")
        cipher = AESGCM(content_key)
        opened_texts.append(cipher.decrypt(iv, ciphertext + tag, authenticated.encode()))
        with pytest.raises(SealError):
            unwrap_key(decode_base64url(header["ek"]), decode_base64url(vector["encrypted_key"]), key, b"x")
    assert len(opened_texts) == 2
    assert all(text.startswith(b"You can trust us to stick with you") for text in opened_texts)
    with pytest.raises(SealError):
        parse(json.dumps(members))  # the flattened form is not ours
