"""npm ``jose`` opens what we sealed under ``keten-ec`` and verifies what we signed; and the reverse.

``jose`` (the version that ``node/package-lock.json`` pins) knows neither HPKE nor ML-KEM, so ``keten-pq`` is not tried
with it; that it says so is tested. The published HPKE vectors stand for that suite.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keys import SealError, SignatureFailedError, jws
from keys.binding import Context, aad, bind
from keys.jws import SigningKey
from keys.sealing import EcReceiveKey, Plaintext, ReceiveKey, Recipient, open_, seal
from keys.suites import BUCKETS
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term
from schemas.manifest import MANIFEST_TYP
from schemas.strict import decode_base64url, encode_base64url
from tests.strangers.programs import HERE, ask_node, keep_figures

pytestmark = pytest.mark.slow

SCRIPT = HERE / "node" / "strangers.mjs"
CONTEXT = Context(
    case=CaseRef("AAAAAAAAAAAAAAAAAAAAAA"),
    house=HouseId("noord"),
    id=MessageId("01930000-0000-7000-8000-000000000001"),
    iss=Address("00000099000000001000:politie"),
    phase=Term("triage"),
)
PEOPLE = [Address(f"0000009900000000{number}000:ggz") for number in range(2, 8)]
SEEDS = [bytes([number]) * 32 for number in range(1, 7)]
KEYS = [EcReceiveKey.from_seed(seed) for seed in SEEDS]
PLAIN = Plaintext(("eyJ", "abc"), inner="a.b.c", explanation="opening")
SIGNER = SigningKey.from_seed(b"\x07" * 32)
OTHER = SigningKey.from_seed(b"\x08" * 32)


def ask(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    return ask_node(SCRIPT, list(requests))


def private(number: int) -> dict[str, Any]:
    """A receive key as another implementation keeps it."""
    return {**KEYS[number].public.model_dump(), "d": encode_base64url(SEEDS[number])}


def ours(many: int, bucket: int = BUCKETS[0]) -> str:
    recipients = [Recipient(who, key.public) for who, key in zip(PEOPLE[:many], KEYS, strict=False)]
    return seal(PLAIN, recipients, CONTEXT, bucket)


def opening(text: str, number: int = 0) -> dict[str, Any]:
    return {"action": "open", "jwe": text, "key": private(number)}


def sealing(content: bytes, many: int, context: Context = CONTEXT) -> dict[str, Any]:
    """What ``jose`` is asked to seal, to the first ``many``; with one a spare recipient, which it leaves out."""
    rows = [
        {
            "key": key.public.model_dump(),
            "kid": key.kid,
            "apu": encode_base64url(bind(context, who).sender),
            "apv": encode_base64url(bind(context, who).context),
        }
        for who, key in zip(PEOPLE, KEYS, strict=True)
    ]
    return {
        "action": "seal",
        "content": encode_base64url(content),
        "protected": {"enc": "A256GCM", "typ": "keten+jwe"},
        "aad": aad(context.id),
        "recipients": rows[:many],
        "spare": rows[-1] if many == 1 else None,
    }


def test_it_opens_what_we_sealed() -> None:
    cases = [(ours(many, bucket), number) for many, bucket in _sizes() for number in range(many)]
    answers = ask(*(opening(text, number) for text, number in cases))
    for (text, _), answer in zip(cases, answers, strict=True):
        content = json.loads(decode_base64url(answer["value"]["plaintext"]))
        assert content["disclosures"] == ["eyJ", "abc"]
        assert (content["v"], set(content["pad"])) == (1, {"0"})
        assert answer["value"]["aad"] == aad(CONTEXT.id) == json.loads(text)["aad"]
        assert answer["value"]["protected"] == {"enc": "A256GCM", "typ": "keten+jwe"}
    keep_figures("jose_opens_ours", {"opened": len(answers), "recipients_at_most": 6})
    assert len(answers) == 13


def _sizes() -> list[tuple[int, int]]:
    return [(1, BUCKETS[0]), (2, BUCKETS[1]), (3, BUCKETS[2]), (6, BUCKETS[0]), (1, BUCKETS[4])]


def test_we_open_what_it_sealed() -> None:
    bare = json.dumps({"v": 1, "disclosures": ["x"], "pad": ""}).encode()
    asked = [(many, bare.ljust(bucket)) for many, bucket in _sizes()]
    opened = 0
    for (many, content), answer in zip(asked, ask(*(sealing(text, many) for many, text in asked)), strict=True):
        for who, key in zip(PEOPLE[:many], KEYS, strict=False):
            assert open_(answer["value"], key, who, CONTEXT, len(content)) == Plaintext(("x",))
            opened += 1
    keep_figures("we_open_joses", {"opened": opened, "recipients_at_most": 6})
    assert opened == 13


def test_what_it_sealed_in_another_context_stays_shut() -> None:
    other = Context(CONTEXT.case, CONTEXT.house, CONTEXT.id, CONTEXT.iss, Term("casusoverleg"))
    content = json.dumps({"v": 1, "disclosures": ["x"], "pad": ""}).encode().ljust(4096)
    text = ask(sealing(content, 2, other))[0]["value"]
    assert open_(text, KEYS[0], PEOPLE[0], other, 4096) == Plaintext(("x",))
    with pytest.raises(SealError):
        open_(text, KEYS[0], PEOPLE[0], CONTEXT, 4096)


def test_with_one_recipient_its_own_form_is_not_ours() -> None:
    """It writes ``epk`` and the rest into the protected header then: of another form, so refused; docs/vectors.md says
    what a partner does about it."""
    content = json.dumps({"v": 1, "disclosures": ["x"], "pad": ""}).encode().ljust(4096)
    text = ask({**sealing(content, 1), "spare": None})[0]["value"]
    assert set(json.loads(decode_base64url(json.loads(text)["protected"]))) == {"enc", "typ", "epk", "apu", "apv"}
    with pytest.raises(SealError):
        open_(text, KEYS[0], PEOPLE[0], CONTEXT, 4096)


def _first(members: dict[str, Any]) -> dict[str, Any]:
    header: dict[str, Any] = members["recipients"][0]["header"]
    return header


def _flip(members: dict[str, Any], name: str) -> None:
    data = bytearray(decode_base64url(members[name]))
    data[len(data) // 2] ^= 1
    members[name] = encode_base64url(bytes(data))


TAMPERINGS: dict[str, Callable[[dict[str, Any]], object]] = {
    "ciphertext": lambda m: _flip(m, "ciphertext"),
    "tag": lambda m: _flip(m, "tag"),
    "iv": lambda m: _flip(m, "iv"),
    "aad": lambda m: _flip(m, "aad"),
    "wrapped key": lambda m: _flip(m["recipients"][0], "encrypted_key"),
    "share": lambda m: _flip(_first(m)["epk"], "x"),
    "share of small order": lambda m: _first(m)["epk"].update(x=encode_base64url(bytes(32))),
    "sender": lambda m: _flip(_first(m), "apu"),
    "context": lambda m: _flip(_first(m), "apv"),
    "algorithm": lambda m: _first(m).update(alg="ECDH-ES+A128KW"),
    "type": lambda m: m.update(protected=encode_base64url(b'{"enc":"A256GCM","typ":"other"}')),
    "content encryption": lambda m: m.update(protected=encode_base64url(b'{"enc":"A128GCM","typ":"keten+jwe"}')),
    "no recipients": lambda m: m.update(recipients=[]),
}


def test_both_refuse_what_was_tampered_with() -> None:
    texts = {}
    for name, tamper in TAMPERINGS.items():
        members = json.loads(ours(1))
        tamper(members)
        texts[name] = json.dumps(members)
    answers = ask(*(opening(text) for text in texts.values()), opening(ours(1), 1))
    assert [name for name, answer in zip([*texts, "another key"], answers, strict=True) if "error" not in answer] == []
    for text in texts.values():
        with pytest.raises(SealError):
            open_(text, KEYS[0], PEOPLE[0], CONTEXT, 4096)
    keep_figures("seals_tampered_with", {"refused_by_both": len(texts), "refused_by_jose": len(answers)})


def _verifying(text: str, key: SigningKey = SIGNER) -> dict[str, Any]:
    return {"action": "verify", "jws": text, "key": key.public.model_dump(), "typ": MANIFEST_TYP}


def _signing(payload: bytes, header: dict[str, Any]) -> dict[str, Any]:
    key = {**SIGNER.public.model_dump(), "d": encode_base64url(SIGNER.seed)}
    return {"action": "sign", "payload": encode_base64url(payload), "key": key, "header": header}


PAYLOADS = [b"{}", b'{"a":1}', '{"naam":"Zo\u00eb"}'.encode(), bytes(range(256)), b"x" * 100_000]
HEADER = {"alg": "Ed25519", "kid": SIGNER.kid, "typ": MANIFEST_TYP}


def test_it_verifies_what_we_signed() -> None:
    answers = ask(*(_verifying(jws.sign(payload, SIGNER, MANIFEST_TYP)) for payload in PAYLOADS))
    assert [decode_base64url(answer["value"]["payload"]) for answer in answers] == PAYLOADS
    assert all(answer["value"]["header"] == HEADER for answer in answers)
    keep_figures("jose_verifies_ours", {"verified": len(answers)})


def test_we_verify_what_it_signed_and_it_signs_the_same_bytes() -> None:
    texts = [answer["value"] for answer in ask(*(_signing(payload, HEADER) for payload in PAYLOADS))]
    for payload, text in zip(PAYLOADS, texts, strict=True):
        assert jws.verify(jws.parse(text, MANIFEST_TYP), SIGNER.verify_key) == payload
        assert text == jws.sign(payload, SIGNER, MANIFEST_TYP)
    keep_figures("we_verify_joses", {"verified": len(texts)})


@pytest.mark.parametrize("changes", [{"alg": "EdDSA"}, {"typ": "JWT"}, {"cty": "json"}, {"kid": OTHER.kid}])
def test_what_it_signed_in_another_form_is_refused(changes: dict[str, Any]) -> None:
    text = ask(_signing(b"{}", {**HEADER, **changes}))[0]["value"]
    with pytest.raises(SignatureFailedError):
        jws.verify(jws.parse(text, MANIFEST_TYP), SIGNER.verify_key)


def test_it_refuses_what_was_tampered_with() -> None:
    text = jws.sign(b'{"a":1}', SIGNER, MANIFEST_TYP)
    head, payload, signature = text.split(".")
    flipped = bytearray(decode_base64url(signature))
    flipped[0] ^= 1
    broken = [
        f"{head}.{encode_base64url(b'{}')}.{signature}",
        f"{head}.{payload}.{encode_base64url(bytes(flipped))}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        f"{encode_base64url(json.dumps({**HEADER, 'alg': 'none'}).encode())}.{payload}.",
        jws.sign(b'{"a":1}', SIGNER, "keten-receipt+jws"),
    ]
    answers = ask(*(_verifying(one) for one in broken), _verifying(text, OTHER))
    assert all("error" in answer for answer in answers)
    for one in broken:
        with pytest.raises(SignatureFailedError):
            jws.verify(jws.parse(one, MANIFEST_TYP), SIGNER.verify_key)
    keep_figures("signatures_tampered_with", {"refused_by_both": len(broken), "refused_by_jose": len(answers)})


def test_it_gives_our_keys_the_same_names() -> None:
    hybrid = ReceiveKey.from_seed(b"\x01" * 32)
    answers = ask(
        {"action": "thumbprint", "key": SIGNER.public.model_dump()},
        {"action": "thumbprint", "key": KEYS[0].public.model_dump()},
        {"action": "thumbprint", "key": hybrid.public.model_dump()},
    )
    assert [answer.get("value") for answer in answers] == [SIGNER.kid, KEYS[0].kid, hybrid.kid]


def test_it_does_not_know_the_default_suite() -> None:
    """The day it does, this fails, and ``keten-pq`` is to be tried with it too."""
    hybrid = ReceiveKey.from_seed(b"\x01" * 32)
    answer = ask({"action": "knows", "key": hybrid.public.model_dump(), "alg": "HPKE-10-KE"})[0]
    assert answer.get("error") == "ERR_JOSE_NOT_SUPPORTED"
    keep_figures("jose_and_keten_pq", {"known": False})
