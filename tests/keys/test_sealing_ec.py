"""Sealing under ``keten-ec``: round trips, the form any JOSE library reads, every binding, one suite a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from keys import KeyRecordError, KeysError, SealError, jwe
from keys.binding import Bound, Context, aad, bind, parse, recipient_context, shape
from keys.sealing import EcReceiveKey, Plaintext, ReceiveKey, Recipient, held_key, new_key, open_, seal
from keys.suites import EcKey, public_key, suite_of, thumbprint
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term
from schemas.strict import decode_base64url, encode_base64url

CONTEXT = Context(
    case=CaseRef("AAAAAAAAAAAAAAAAAAAAAA"),
    house=HouseId("noord"),
    id=MessageId("01930000-0000-7000-8000-000000000001"),
    iss=Address("00000099000000001000:politie"),
    phase=Term("triage"),
)
ANN, BOB = Address("00000099000000002000:gemeente"), Address("00000099000000003000:ggz")
ANNS, BOBS = EcReceiveKey.from_seed(b"\x01" * 32), EcReceiveKey.from_seed(b"\x02" * 32)
HYBRID = ReceiveKey.from_seed(b"\x03" * 32)
BOTH = [Recipient(ANN, ANNS.public), Recipient(BOB, BOBS.public)]
PLAIN = Plaintext(("eyJ", "abc"), inner="a.b.c", explanation="opening")
SEALED = seal(PLAIN, BOTH, CONTEXT, 4096)
P = 2**255 - 19


def refuses(text: str, **changes: Any) -> None:
    arguments: dict[str, Any] = {"key": ANNS, "address": ANN, "context": CONTEXT, "bucket": 4096, **changes}
    with pytest.raises(SealError) as caught:
        open_(text, **arguments)
    assert str(caught.value) == "the sealed part does not open"


def test_every_recipient_opens() -> None:
    assert open_(SEALED, ANNS, ANN, CONTEXT, 4096) == PLAIN
    assert open_(SEALED, BOBS, BOB, CONTEXT, 4096) == PLAIN


def test_the_outside_shows_only_shape() -> None:
    seen = shape(SEALED)
    assert (seen.suite, seen.recipients, seen.bucket) == ("keten-ec", (ANNS.kid, BOBS.kid), 4096)


def test_the_form_is_that_of_rfc_7518() -> None:
    members = json.loads(SEALED)
    assert set(members) == {"protected", "recipients", "aad", "iv", "ciphertext", "tag"}
    assert json.loads(decode_base64url(members["protected"])) == {"enc": "A256GCM", "typ": "keten+jwe"}
    header = members["recipients"][0]["header"]
    assert set(header) == {"alg", "kid", "epk", "apu", "apv"}
    assert (header["alg"], header["kid"]) == ("ECDH-ES+A256KW", ANNS.kid)
    assert (set(header["epk"]), header["epk"]["crv"]) == ({"kty", "crv", "x"}, "X25519")
    assert decode_base64url(header["apu"]) == b"00000099000000001000:politie"
    assert decode_base64url(header["apv"]) == recipient_context(CONTEXT, ANN)


def test_each_recipient_and_message_has_its_own_share() -> None:
    again = seal(PLAIN, BOTH, CONTEXT, 4096)
    shares = [entry.encapsulated for text in (SEALED, again) for entry in parse(text).entries]
    assert len(set(shares)) == 4
    assert parse(SEALED).ciphertext != parse(again).ciphertext


def test_a_general_library_opens_it() -> None:
    token = JWE()
    token.deserialize(SEALED, JWK(**ANNS.public.model_dump(), d=encode_base64url(b"\x01" * 32)))
    assert json.loads(token.payload)["disclosures"] == ["eyJ", "abc"]


def test_the_name_of_a_key_is_that_of_rfc_8037() -> None:
    # RFC 8037, appendix A.6: Bob's key.
    bob = EcKey(x="3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08")
    assert thumbprint(bob) == JWK(kty="OKP", crv="X25519", x=bob.x).thumbprint()
    assert suite_of(bob) == "keten-ec"


def test_what_a_keystore_keeps_gives_the_key_back() -> None:
    for key in (ANNS, HYBRID, new_key("keten-ec"), new_key("keten-pq")):
        assert held_key(key.secret) == key
        assert type(held_key(key.secret)) is type(key)
    assert (len(ANNS.secret), len(HYBRID.secret)) == (33, 32)
    for broken in (b"", b"\x02" * 33, b"\x01" * 34):
        with pytest.raises(KeysError):
            held_key(broken)
    with pytest.raises(KeysError):
        EcReceiveKey.from_seed(b"short")


def test_secrets_do_not_show() -> None:
    assert repr(ANNS.secret) not in repr(ANNS)
    assert encode_base64url(b"\x01" * 32) not in repr(ANNS)


OTHER_CONTEXTS = [
    replace(CONTEXT, case=CaseRef("BAAAAAAAAAAAAAAAAAAAAA")),
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
    refuses(SEALED, key=HYBRID)
    refuses(SEALED, key=EcReceiveKey.generate())
    refuses(SEALED, bucket=16384)


def first(members: dict[str, Any]) -> dict[str, Any]:
    header: dict[str, Any] = members["recipients"][0]["header"]
    return header


def swap(members: dict[str, Any], name: str) -> None:
    one, two = (recipient["header"] for recipient in members["recipients"])
    one[name], two[name] = two[name], one[name]


def share(members: dict[str, Any], value: int) -> None:
    first(members)["epk"]["x"] = encode_base64url(value.to_bytes(32, "little"))


def bits(members: dict[str, Any]) -> None:
    """Another spelling of the same point: RFC 7748 ignores the highest bit, so that it would open."""
    at = int.from_bytes(decode_base64url(first(members)["epk"]["x"]), "little")
    share(members, at | 1 << 255)


TAMPERINGS: dict[str, Callable[[dict[str, Any]], object]] = {
    "shares swapped": lambda m: swap(m, "epk"),
    "contexts swapped": lambda m: swap(m, "apv"),
    "names swapped": lambda m: swap(m, "kid"),
    "no apu": lambda m: first(m).pop("apu"),
    "no apv": lambda m: first(m).pop("apv"),
    "empty apu": lambda m: first(m).update(apu=""),
    "apu of another": lambda m: first(m).update(apu=encode_base64url(str(ANN).encode())),
    "short apv": lambda m: first(m).update(apv="AAAA"),
    "no epk": lambda m: first(m).pop("epk"),
    "epk no object": lambda m: first(m).update(epk="x"),
    "private epk": lambda m: first(m)["epk"].update(d=encode_base64url(bytes(32))),
    "epk of another curve": lambda m: first(m)["epk"].update(crv="X448"),
    "epk of another type": lambda m: first(m)["epk"].update(kty="EC"),
    "Ed25519 as epk": lambda m: first(m)["epk"].update(crv="Ed25519"),
    "short epk": lambda m: first(m)["epk"].update(x="AAAA"),
    "epk zero": lambda m: share(m, 0),
    "epk one": lambda m: share(m, 1),
    "epk minus one": lambda m: share(m, P - 1),
    "epk in another spelling": bits,
    "an ek beside": lambda m: first(m).update(ek="AAAA"),
    "zip for a recipient": lambda m: first(m).update(zip="DEF"),
    "crit for a recipient": lambda m: first(m).update(crit=["epk"]),
    "enc for a recipient": lambda m: first(m).update(enc="A256GCM"),
    "a block more": lambda m: m["recipients"][0].update(encrypted_key=encode_base64url(bytes(48))),
    "a block less": lambda m: m["recipients"][0].update(encrypted_key=encode_base64url(bytes(32))),
    "no encrypted key": lambda m: m["recipients"][0].pop("encrypted_key"),
    "wrapped key changed": lambda m: m["recipients"][0].update(encrypted_key=encode_base64url(bytes(40))),
    "ECDH-ES": lambda m: first(m).update(alg="ECDH-ES"),
    "A128KW": lambda m: first(m).update(alg="ECDH-ES+A128KW"),
    "another suite's name": lambda m: first(m).update(alg="HPKE-10-KE"),
    "tag cut": lambda m: m.update(tag=encode_base64url(decode_base64url(m["tag"])[:12])),
    "header no object": lambda m: m["recipients"][0].update(header=[]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_text_does_not_open(name: str) -> None:
    members = json.loads(SEALED)
    TAMPERINGS[name](members)
    refuses(json.dumps(members))


def test_one_suite_a_message_when_sealing() -> None:
    with pytest.raises(KeysError, match="two suites"):
        seal(PLAIN, [BOTH[0], Recipient(BOB, HYBRID.public)], CONTEXT, 4096)


def test_one_suite_a_message_when_reading() -> None:
    """A sender that mixes them does it by hand: each part would open, and the message be as strong as the weaker."""
    hybrid = json.loads(seal(PLAIN, [Recipient(BOB, HYBRID.public)], CONTEXT, 4096))
    members = json.loads(SEALED)
    members["recipients"][1] = hybrid["recipients"][0]
    with pytest.raises(SealError):
        shape(json.dumps(members))
    refuses(json.dumps(members))


@pytest.mark.parametrize("value", [0, 1, P - 1, P, P + 1, 2**255 - 1, 2**256 - 1])
def test_points_of_small_order_and_other_spellings_are_no_keys(value: int) -> None:
    unfit = EcKey(x=encode_base64url(value.to_bytes(32, "little")))
    with pytest.raises(KeyRecordError) as caught:
        seal(PLAIN, [Recipient(ANN, unfit)], CONTEXT, 4096)
    assert caught.value.code == "sleutel_ongeschikt"
    with pytest.raises(KeyRecordError):
        public_key(unfit.model_dump())


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"kty": "RSA"},
        {**ANNS.public.model_dump(), "d": encode_base64url(bytes(32))},
        ANNS.public.model_dump(exclude={"alg"}),
        HYBRID.public.model_dump(exclude={"alg"}),
        {**ANNS.public.model_dump(), "crv": "X448"},
        {**ANNS.public.model_dump(), "alg": "ECDH-ES"},
        {**ANNS.public.model_dump(), "x": ANNS.public.x + "="},
        {**HYBRID.public.model_dump(), "alg": "HPKE-0"},
        {**HYBRID.public.model_dump(), "pub": "AAAA"},
        {**HYBRID.public.model_dump(), "priv": encode_base64url(bytes(32))},
    ],
)
def test_what_is_no_public_key_of_ours_is_refused(members: dict[str, object]) -> None:
    with pytest.raises(KeyRecordError) as caught:
        public_key(members)
    assert caught.value.code == "sleutel_ongeschikt"


def test_public_keys_of_both_suites_are_read() -> None:
    for key in (ANNS, HYBRID):
        assert public_key(key.public.model_dump()) == key.public


def test_the_header_that_came_is_never_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the comparison of ``apu`` and ``apv`` the text still opens only under what they must be: jwcrypto is
    given a header that is written anew. And with neither guard a text for one context would open in another."""
    elsewhere = replace(CONTEXT, phase=Term("casusoverleg"))
    taken: list[Bound] = []

    def trusting(sealed: Any, entry: Any, key: Any, bound: Bound) -> bytes:
        taken.append(bound)
        return guarded(sealed, replace(entry, bound=bound), key, bound)

    guarded = jwe._decrypt_curve
    monkeypatch.setattr(jwe, "_decrypt_curve", trusting)
    refuses(SEALED, context=elsewhere)
    assert taken == [bind(elsewhere, ANN)]
    monkeypatch.setattr(jwe, "_decrypt_curve", lambda s, e, k, b: guarded(s, e, k, e.bound))
    assert open_(SEALED, ANNS, ANN, elsewhere, 4096) == PLAIN


def test_the_aad_is_part_of_what_is_authenticated() -> None:
    members = json.loads(SEALED)
    members["aad"] = aad(MessageId("01930000-0000-7000-8000-00000000000f"))
    with pytest.raises(SealError):
        jwe.decrypt(parse(json.dumps(members)), ANNS, bind(CONTEXT, ANN))
