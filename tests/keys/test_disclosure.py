"""Disclosures and digests: one to one, both ways."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import DisclosureError
from keys.disclosure import disclose, explain, match, new_salt, read, read_explanation
from schemas.canonical import digest_text
from schemas.ids import Digest, FieldPath
from schemas.strict import Json, encode_base64url

NAME, BORN = FieldPath("/naam"), FieldPath("/geboortedatum")
SALT = bytes(range(16))
ONE = disclose(NAME, "Jansen", SALT)
TWO = disclose(BORN, {"jaar": 1980, "maand": None}, new_salt())

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(alphabet='abcé€ \n"\\'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="abc"), inner, max_size=3),
    max_leaves=8,
)


def text_of(value: object) -> str:
    return encode_base64url(json.dumps(value).encode())


@given(values)
def test_what_is_disclosed_is_read(value: Json) -> None:
    made = disclose(NAME, value, SALT)
    assert read(made.text) == (NAME, value, made.digest)


def test_the_form_is_that_of_rfc_9901_with_a_path() -> None:
    assert ONE.text == encode_base64url(b'["AAECAwQFBgcICQoLDA0ODw","/naam","Jansen"]')
    assert ONE.digest == "LsPZxcL3y5KDPXxrp42YZugzzI4994U7WMX_7cz19kk"


def test_a_new_salt_gives_a_new_digest() -> None:
    assert disclose(NAME, "Jansen", new_salt()).digest != disclose(NAME, "Jansen", new_salt()).digest
    assert "Jansen" not in repr(disclose(NAME, "Jansen", SALT))


@pytest.mark.parametrize("value", ["e\u0301", "\ud800", 2**53])
def test_values_that_the_other_side_would_refuse_are_not_disclosed(value: Json) -> None:
    with pytest.raises(DisclosureError) as caught:
        disclose(NAME, value, SALT)
    assert caught.value.code == "waarde"


def test_a_salt_has_16_bytes() -> None:
    with pytest.raises(DisclosureError):
        disclose(NAME, "x", SALT + b"x")
    for salt in ("", encode_base64url(SALT[:-1]), encode_base64url(SALT + b"x")):
        with pytest.raises(DisclosureError) as caught:
            read(text_of([salt, "/naam", "x"]))
        assert caught.value.code == "zout"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("?", "onthulling"),
        (text_of({}), "onthulling"),
        (text_of([encode_base64url(SALT), "/naam"]), "onthulling"),
        (text_of([encode_base64url(SALT), "/naam", "x", "y"]), "onthulling"),
        (text_of([1, "/naam", "x"]), "onthulling"),
        (text_of([encode_base64url(SALT) + "=", "/naam", "x"]), "onthulling"),
        (text_of([encode_base64url(SALT), "/naam", 1.5]), "onthulling"),
        (text_of([encode_base64url(SALT), "naam", "x"]), "pad"),
        (text_of([encode_base64url(SALT), "/a/b", "x"]), "pad"),
        (text_of([encode_base64url(SALT), 1, "x"]), "pad"),
        (ONE.text + "=", "onthulling"),
        (ONE.text[:-1], "onthulling"),
    ],
)
def test_what_is_no_disclosure_is_refused(text: str, code: str) -> None:
    with pytest.raises(DisclosureError) as caught:
        read(text)
    assert caught.value.code == code


def test_one_to_one() -> None:
    expected = [(NAME, ONE.digest), (BORN, TWO.digest)]
    assert match([TWO.text, ONE.text], expected) == {
        ONE.digest: "Jansen",
        TWO.digest: {"jaar": 1980, "maand": None},
    }
    assert match([], []) == {}


OTHER = disclose(NAME, "Pietersen", SALT)


@pytest.mark.parametrize(
    ("texts", "expected", "code", "path"),
    [
        ([ONE.text], [(NAME, ONE.digest), (BORN, TWO.digest)], "digest_zonder_onthulling", BORN),
        ([ONE.text, TWO.text], [(NAME, ONE.digest)], "onthulling_zonder_digest", BORN),
        ([OTHER.text], [(NAME, ONE.digest)], "onthulling_zonder_digest", NAME),
        ([ONE.text, ONE.text], [(NAME, ONE.digest)], "onthulling_dubbel", NAME),
        ([ONE.text], [(BORN, ONE.digest)], "pad", NAME),
        ([ONE.text], [(NAME, ONE.digest), (BORN, ONE.digest)], "digest_dubbel", BORN),
    ],
)
def test_anything_else_is_refused(
    texts: list[str], expected: list[tuple[FieldPath, Digest]], code: str, path: FieldPath
) -> None:
    with pytest.raises(DisclosureError) as caught:
        match(texts, expected)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_an_explanation_fits_its_commitment() -> None:
    made = explain("Nodig voor de weging.", SALT)
    assert read_explanation(made.opening, made.commitment) == "Nodig voor de weging."
    with pytest.raises(DisclosureError):
        read_explanation(explain("Iets anders.", SALT).opening, made.commitment)
    number = disclose(NAME, 1, SALT)
    with pytest.raises(DisclosureError):
        read_explanation(number.text, number.digest)


def test_an_explanation_is_a_text() -> None:
    opening = text_of([encode_base64url(SALT), 5])
    with pytest.raises(DisclosureError, match="no text"):
        read_explanation(opening, digest_text(opening))
