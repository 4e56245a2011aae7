"""Checkpoints and proofs as signed texts."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import ProofError, proof
from keys.checkpoint import Checkpoint, NoteKey, parse, parse_decimal, sign, verify
from keys.jws import SigningKey, VerifyKey
from keys.merkle import body_leaf, leaf_hash
from keys.tiles import grow, inclusion_proof
from schemas.records import OkpKey
from schemas.strict import encode_base64url

KEY = SigningKey.from_seed(b"\x03" * 32)
PUBLIC = KEY.verify_key
ORIGIN = "broker.example/noord/2026"
HEAD = Checkpoint(ORIGIN, 12, bytes(range(32)))
TEXT = sign(HEAD, KEY)
LINE = TEXT.split("\n")[4]


def test_round_trip() -> None:
    assert verify(TEXT, PUBLIC, ORIGIN) == HEAD
    assert sign(HEAD, KEY) == TEXT
    named = sign(HEAD, KEY, "broker.example")
    assert verify(named, PUBLIC, ORIGIN, "broker.example") == HEAD
    with pytest.raises(ProofError, match="without a signature"):
        verify(named, PUBLIC, ORIGIN)


def test_the_text_is_that_of_the_specification() -> None:
    root = base64.b64encode(bytes(range(32))).decode()
    assert TEXT.startswith(f"{ORIGIN}\n12\n{root}\n\n\u2014 {ORIGIN} ")
    assert TEXT.endswith("=\n")


def test_a_note_key_as_others_configure_it() -> None:
    """The example in the documentation of Go's sumdb/note."""
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    raw = base64.b64decode(vkey.split("+", 2)[2])[1:]
    public = VerifyKey.from_public(OkpKey(kty="OKP", crv="Ed25519", x=encode_base64url(raw)))
    assert NoteKey.of(public, "PeterNeumann").vkey == vkey


def test_signatures_of_others_are_left_alone() -> None:
    witness = SigningKey.generate()
    other = sign(HEAD, witness, "witness.example").split("\n")[4]
    assert verify(TEXT + other + "\n", PUBLIC, ORIGIN) == HEAD
    assert len(parse(TEXT + other + "\n").signatures) == 2
    with pytest.raises(ProofError, match="without a signature"):
        verify(sign(HEAD, witness), PUBLIC, ORIGIN)


def test_a_wrong_signature_of_the_known_key_is_refused() -> None:
    note_key = NoteKey.of(PUBLIC, ORIGIN)
    wrong = base64.b64encode(note_key.key_id + bytes(64)).decode()
    with pytest.raises(ProofError, match="wrong signature"):
        verify(f"{TEXT}\u2014 {ORIGIN} {wrong}\n", PUBLIC, ORIGIN)
    with pytest.raises(ProofError, match="wrong signature"):
        verify(TEXT.replace("\n12\n", "\n13\n"), PUBLIC, ORIGIN)


def test_another_log_is_refused() -> None:
    with pytest.raises(ProofError, match="another log"):
        verify(TEXT, PUBLIC, "broker.example/zuid/2026")


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT[:-1],
        TEXT.replace("\n\n", "\n"),
        TEXT.replace("\n\n", "\nextension\n\n"),
        TEXT.replace("\n12\n", "\n012\n"),
        TEXT.replace("\n12\n", "\n-1\n"),
        TEXT.replace("\n12\n", "\n9223372036854775808\n"),
        TEXT.replace("\n12\n", "\n\u0661\n"),
        TEXT.replace(ORIGIN, "a b"),
        TEXT.replace(ORIGIN, "a+b"),
        TEXT.replace(ORIGIN, ""),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\u2014", "-"),
        TEXT.replace("AAECAwQF", "AAECAwQ"),
        TEXT.replace("AAECAwQF", ""),
        TEXT.replace("Hh8=", "Hh9="),
        TEXT.replace(ORIGIN, "\ud800"),
        TEXT + "\n",
        TEXT + LINE,
        TEXT + "\u2014 x AAAA\n",
        TEXT + "\u2014 x ?\n",
        TEXT + (LINE + "\n") * 64,
        TEXT + "x" * 70000,
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        parse(text)


def test_names_of_keys() -> None:
    for name in ("", "a b", "a+b", "a\u2003b"):
        with pytest.raises(ProofError):
            NoteKey.of(PUBLIC, name)


def test_decimals() -> None:
    assert [parse_decimal(text) for text in ("0", "7", "9223372036854775807")] == [0, 7, 2**63 - 1]


LEAVES = [body_leaf(bytes([number])) for number in range(12)]
GROWN = grow(0, {}, [leaf_hash(leaf) for leaf in LEAVES])
NOTE = sign(Checkpoint(ORIGIN, 12, GROWN.root), KEY)
PROOF = proof.build(5, inclusion_proof(5, 12, GROWN.tiles), NOTE)


@given(st.integers(0, 11))
def test_a_proof_holds_for_its_leaf_alone(index: int) -> None:
    text = proof.build(index, inclusion_proof(index, 12, GROWN.tiles), NOTE)
    assert proof.verify(text, LEAVES[index], PUBLIC, ORIGIN) == Checkpoint(ORIGIN, 12, GROWN.root)
    with pytest.raises(ProofError):
        proof.verify(text, LEAVES[(index + 1) % 12], PUBLIC, ORIGIN)


def test_the_form_of_a_proof() -> None:
    lines = PROOF.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 5"]
    assert lines[2:7] == [*lines[2:6], ""]
    assert PROOF.endswith("\n\n" + NOTE)
    parsed = proof.parse(PROOF)
    assert (parsed.index, len(parsed.hashes), parsed.checkpoint) == (5, 4, NOTE)
    assert proof.build(parsed.index, parsed.hashes, parsed.checkpoint) == PROOF


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 80000,
        PROOF.replace("@v1", "@v2"),
        PROOF.replace("index 5", "index 05"),
        PROOF.replace("index 5", "index 4"),
        PROOF.replace("index 5", "index 12"),
        PROOF.replace("index 5", "extra YQ==\nindex 5"),
        PROOF.replace("index 5\n", ""),
        "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        PROOF.replace("index 5\n", "index 5\nAAAA\n"),
        PROOF.replace("index 5\n", "index 5\n" + "A" * 43 + "=\n"),
        PROOF.replace("index 5\n", "index 5\n" + ("A" * 43 + "=\n") * 64),
        PROOF.replace("\n12\n", "\n13\n"),
    ],
)
def test_other_proofs_do_not_hold(text: str) -> None:
    with pytest.raises(ProofError):
        proof.verify(text, LEAVES[5], PUBLIC, ORIGIN)
