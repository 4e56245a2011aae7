"""No message chooses its algorithm: every lower algorithm, type and version is refused, though validly made under it.

For each of them a general JOSE library takes the text with a key that the recipient has, and shows by that that it is
what it says: nothing but our refusal stands between it and being believed (T28).
"""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import Any

import pytest
from jwcrypto.common import json_encode
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from keys import SealError, SignatureFailedError, jwe, jws
from keys.binding import JWE_TYPE, PROFILE, Context, aad, bind, recipient_context, shape
from keys.identity import Directory
from keys.jws import SigningKey
from keys.sealing import EcReceiveKey, HeldKey, Plaintext, ReceiveKey, Recipient, open_, seal
from keys.vouching import RECORD_TYPE
from schemas.envelope import EnvelopeError, parse_manifest
from schemas.ids import Address, CaseRef, HouseId, MessageId, Oin, Term
from schemas.manifest import INNER_TYP, MANDATE_TYP, MANIFEST_TYP, RECEIPT_TYP
from schemas.records import AddressGrant, Suite
from schemas.strict import encode_base64url
from tests.keys.house import POLICE, accession, directory, later, leaving, signed
from tests.making import a_notification

KEY = SigningKey.from_seed(b"\x07" * 32)
TYPES = (MANIFEST_TYP, INNER_TYP, RECEIPT_TYP, MANDATE_TYP, RECORD_TYPE)
ANN, SENDER = Address("00000099000000002000:gemeente"), Address("00000099000000001000:politie")
CONTEXT = Context(
    case=CaseRef("AAAAAAAAAAAAAAAAAAAAAA"),
    house=HouseId("noord"),
    id=MessageId("01930000-0000-7000-8000-000000000001"),
    iss=SENDER,
    phase=Term("triage"),
)
CURVE, HYBRID = EcReceiveKey.from_seed(b"\x01" * 32), ReceiveKey.from_seed(b"\x01" * 32)
INSIDE = b'{"v":1,"disclosures":[],"pad":""}'.ljust(4096)


# Signatures


@cache
def rsa() -> JWK:
    """One RSA key for all."""
    return JWK.generate(kty="RSA", size=2048)


SIGNATURES: dict[str, Any] = {
    "EdDSA": lambda: JWK(**KEY.public.model_dump(), d=encode_base64url(KEY.seed)),
    "HS256": lambda: JWK(kty="oct", k=KEY.public.x),  # the public key taken for a secret
    "HS384": lambda: JWK(kty="oct", k=encode_base64url(KEY.public.x.encode() * 2)),
    "HS512": lambda: JWK(kty="oct", k=encode_base64url(KEY.public.x.encode() * 2)),
    "ES256": lambda: JWK.generate(kty="EC", crv="P-256"),
    "ES384": lambda: JWK.generate(kty="EC", crv="P-384"),
    "ES512": lambda: JWK.generate(kty="EC", crv="P-521"),
    "ES256K": lambda: JWK.generate(kty="EC", crv="secp256k1"),
    "Ed448": lambda: JWK.generate(kty="OKP", crv="Ed448"),
    "RS256": rsa,
    "RS384": rsa,
    "RS512": rsa,
    "PS256": rsa,
    "PS384": rsa,
    "PS512": rsa,
}


@pytest.mark.parametrize("algorithm", SIGNATURES)
def test_a_signature_of_another_algorithm_is_refused(algorithm: str) -> None:
    key, token = SIGNATURES[algorithm](), JWS(b"{}")
    token.allowed_algs = [algorithm]
    header = json_encode({"alg": algorithm, "kid": KEY.kid, "typ": MANIFEST_TYP})
    token.add_signature(key, None, header, None)
    text = token.serialize(compact=True)
    control = JWS()
    control.allowed_algs = [algorithm]
    control.deserialize(text, key)
    assert control.payload == b"{}"
    with pytest.raises(SignatureFailedError):
        jws.parse(text, MANIFEST_TYP)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "ed25519", "ED25519"])
@pytest.mark.parametrize("signature", [b"", bytes(64)])
def test_no_signature_is_refused(algorithm: str, signature: bytes) -> None:
    header = json.dumps({"alg": algorithm, "kid": KEY.kid, "typ": MANIFEST_TYP})
    text = ".".join(encode_base64url(part) for part in (header.encode(), b"{}", signature))
    with pytest.raises(SignatureFailedError):
        jws.parse(text, MANIFEST_TYP)


@pytest.mark.parametrize(("made", "wanted"), list(itertools.permutations(TYPES, 2)))
def test_a_signature_of_one_type_is_none_of_another(made: str, wanted: str) -> None:
    text = jws.sign(b"{}", KEY, made)
    assert jws.verify(jws.parse(text, made), KEY.verify_key) == b"{}"
    with pytest.raises(SignatureFailedError):
        jws.parse(text, wanted)


@pytest.mark.parametrize("typ", ["JWT", "JOSE", "", "keten-manifest", "application/keten-manifest+jws", None])
def test_a_signature_of_no_type_of_ours_is_refused(typ: str | None) -> None:
    members = {"alg": "Ed25519", "kid": KEY.kid} | ({} if typ is None else {"typ": typ})
    text = f"{encode_base64url(json.dumps(members).encode())}.{encode_base64url(b'{}')}"
    text += "." + encode_base64url(KEY.sign_bytes(text.encode()))
    for wanted in TYPES:
        with pytest.raises(SignatureFailedError):
            jws.parse(text, wanted)


# Encryption


CONTENT = ("A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM")
WRAPPING = (
    *("dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"),
    *("RSA1_5", "RSA-OAEP", "RSA-OAEP-256"),
    *("PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"),
    *("ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"),
)
OURS = ("ECDH-ES+A256KW", "A256GCM")
_BITS = {"A128CBC-HS256": 256, "A192CBC-HS384": 384, "A256CBC-HS512": 512, "A128GCM": 128, "A192GCM": 192}


def _key_for(algorithm: str, content: str, curve: str = "X25519") -> JWK:
    """A key that the algorithm takes; for an agreement our own case key, so that only the name is another."""
    if algorithm.startswith("ECDH-ES"):
        if curve != "X25519":
            return JWK.generate(kty="OKP" if curve == "X448" else "EC", crv=curve)
        return JWK(**CURVE.public.model_dump(exclude={"alg"}), d=encode_base64url(b"\x01" * 32))
    if algorithm.startswith("RSA"):
        return rsa()
    if algorithm.startswith("PBES2"):
        return JWK.from_password("wachtwoord")
    bits = _BITS.get(content, 256) if algorithm == "dir" else int(algorithm[1:4])
    return JWK(kty="oct", k=encode_base64url(bytes(range(bits // 8))))


def made(algorithm: str, content: str, typ: str = JWE_TYPE, curve: str = "X25519", **more: Any) -> str:
    """A valid JWE General JSON of our form but for what is named, under the context it should have."""
    bound = bind(CONTEXT, ANN)
    protected = json_encode({"enc": content, "typ": typ, **more})
    header = {"alg": algorithm, "kid": CURVE.kid}
    if algorithm.startswith("ECDH-ES"):
        header |= {"apu": encode_base64url(bound.sender), "apv": encode_base64url(bound.context)}
    token = JWE(INSIDE, protected, aad=f"{PROFILE}.{CONTEXT.id}".encode(), algs=[algorithm, content], flattened=False)
    key = _key_for(algorithm, content, curve)
    token.add_recipient(key, json_encode(header))
    text: str = token.serialize()
    control = JWE(algs=[algorithm, content])
    control.deserialize(text, key)
    assert control.payload == INSIDE
    return text


def refuses(text: str, *keys: HeldKey) -> None:
    for key in keys or (CURVE, HYBRID):
        with pytest.raises(SealError):
            open_(text, key, ANN, CONTEXT, 4096)


def test_what_is_ours_opens() -> None:
    """So that the refusals below are of what is named, and of nothing else."""
    text = made(*OURS)
    assert shape(text).suite == "keten-ec"
    assert open_(text, CURVE, ANN, CONTEXT, 4096) == Plaintext(())


@pytest.mark.parametrize("content", CONTENT)
@pytest.mark.parametrize("algorithm", WRAPPING)
def test_a_seal_of_another_algorithm_is_refused(algorithm: str, content: str) -> None:
    if (algorithm, content) != OURS:
        text = made(algorithm, content)
        refuses(text)
        with pytest.raises(SealError):  # and so already at the broker
            shape(text)


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521", "X448"])
def test_a_seal_over_another_curve_is_refused(curve: str) -> None:
    text = made(*OURS, curve=curve)
    refuses(text)
    with pytest.raises(SealError):
        shape(text)


@pytest.mark.parametrize("typ", ["JWE", "JOSE", "", "keten-jwe", "KETEN+JWE", "application/keten+jwe", *TYPES])
def test_a_seal_of_another_type_is_refused(typ: str) -> None:
    refuses(made(*OURS, typ=typ))


def test_a_compressed_seal_is_refused() -> None:
    refuses(made(*OURS, zip="DEF"))


@pytest.mark.parametrize(
    "name",
    [f"HPKE-{number}{mode}" for number in range(17) for mode in ("", "-KE") if f"HPKE-{number}{mode}" != "HPKE-10-KE"],
)
def test_another_hpke_is_refused(name: str) -> None:
    """Of these only the name is another: jwcrypto knows no HPKE to make them with."""
    members = json.loads(seal(Plaintext(()), [Recipient(ANN, HYBRID.public)], CONTEXT, 4096))
    refuses(json.dumps(members).replace('"HPKE-10-KE"', f'"{name}"'))


def test_the_key_says_the_algorithm() -> None:
    """A text under one suite that names a key of the other: refused by the key, whatever the text says."""
    for mine, other in ((HYBRID, CURVE), (CURVE, HYBRID)):
        text = seal(Plaintext(()), [Recipient(ANN, other.public)], CONTEXT, 4096)
        named = text.replace(str(other.kid), str(mine.kid))
        assert shape(named).recipients == (mine.kid,)
        refuses(named)


# Versions


@pytest.mark.parametrize("version", [0, 2, "1", True, None, [1]])
@pytest.mark.parametrize("key", [CURVE, HYBRID])
def test_another_version_of_the_inside_is_refused(version: object, key: HeldKey) -> None:
    content = json.dumps({"v": version, "disclosures": [], "pad": ""}).encode().ljust(4096)
    refuses(jwe.encrypt(content, [(key.public, bind(CONTEXT, ANN))], aad(CONTEXT.id)), key)


@pytest.mark.parametrize("profile", ["keten-0", "keten-2", "keten", ""])
@pytest.mark.parametrize("key", [CURVE, HYBRID])
def test_another_profile_is_refused(profile: str, key: HeldKey) -> None:
    other = encode_base64url(f"{profile}.{CONTEXT.id}".encode())
    refuses(jwe.encrypt(INSIDE, [(key.public, bind(CONTEXT, ANN))], other), key)


@pytest.mark.parametrize(
    ("member", "value"),
    [(("profile",), value) for value in ("keten-0", "keten-2", "keten-1.0", "")]
    + [(("sealed", "suite"), value) for value in ("keten-rsa", "keten-p256", "keten-pq-1", "", None)],
)
def test_a_manifest_of_another_profile_or_suite_is_refused(member: tuple[str, ...], value: object) -> None:
    manifest = a_notification().model_dump(mode="json", by_alias=True, exclude_none=True)
    assert parse_manifest(json.dumps(manifest).encode()).profile == "keten-1"
    inside = manifest
    for name in member[:-1]:
        inside = inside[name]
    inside[member[-1]] = value
    with pytest.raises(EnvelopeError):
        parse_manifest(json.dumps(manifest).encode())


# Whom the house names


OTHER = Address("00000099000000003000:ggz")


def named(suite: Suite = "keten-ec") -> Directory:
    """A house in which the police's software knows no other suite, from 3 hours on."""
    grant = AddressGrant(function=Term("politie"), tasks=(Term("taak"),), suite=suite)
    return directory(signed(accession(addresses=(grant,))), signed(leaving()))


def test_the_weaker_suite_is_for_whom_the_house_names() -> None:
    house = named()
    for one, other in ((POLICE, OTHER), (OTHER, POLICE)):
        allowed = [house.allows_suite("keten-ec", one, [other], later(hour)) for hour in (2, 3, 4)]
        assert allowed == [False, True, False]  # before the accession that says so, after it, and once the party left
        assert house.weakest_suite(one, other, later(3)) == "keten-ec"
    assert house.weakest_suite(ANN, OTHER, later(3)) == "keten-pq"
    assert not house.allows_suite("keten-ec", OTHER, [ANN], later(3))


def test_the_weaker_suite_is_for_nobody_unless_named() -> None:
    house = named("keten-pq")
    assert AddressGrant(function=Term("politie"), tasks=()).suite == "keten-pq"
    assert not house.allows_suite("keten-ec", POLICE, [OTHER], later(3))
    assert house.weakest_suite(POLICE, OTHER, later(3)) == "keten-pq"


def test_one_who_is_named_does_not_take_the_others_down() -> None:
    house = named()
    assert not house.allows_suite("keten-ec", OTHER, [POLICE, ANN], later(3))
    assert house.allows_suite("keten-ec", POLICE, [OTHER, ANN], later(3))  # it writes no other to anybody


def test_the_default_may_always_be_used() -> None:
    for house in (named(), named("keten-pq")):
        assert house.allows_suite("keten-pq", POLICE, [OTHER, ANN], later(3))


def test_another_function_of_the_party_is_not_named() -> None:
    assert not named().allows_suite("keten-ec", Address(f"{Oin(POLICE.oin)}:ggz"), [OTHER], later(3))


def test_the_context_is_the_same_for_both_suites() -> None:
    assert bind(CONTEXT, ANN).context == recipient_context(CONTEXT, ANN)
    assert bind(CONTEXT, ANN).sender == str(SENDER).encode()
