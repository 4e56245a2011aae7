"""What is no message of this profile, handed in at the running broker: one code each, nothing kept or said back.

In every bad part stands a text that nobody else uses; afterwards it is in no answer, in no row and in no log, in no
form. What is well-formed and not allowed is in ``test_attacks.py``.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from keys import jws
from keys.jws import SigningKey
from schemas import canonical
from schemas.ids import Address, format_instant
from schemas.manifest import MANDATE_TYP, MANIFEST_TYP
from schemas.strict import encode_base64url
from tests.stories.forging import Case, Message, changed, envelope, later, now
from tests.stories.live import Answer, Live

Spoil = Callable[[Case, str], bytes]


@pytest.fixture(scope="module")
def case(live: Live) -> Case:
    """A case in its first phase."""
    return Case(live).opened()


def turned_away(case: Case, answer: Answer, marker: str, before: Any) -> None:
    """Nothing was written anywhere, and the marker came back nowhere."""
    assert case.live.counts() == before
    assert marker.encode() not in answer.raw
    assert marker not in str(answer.headers)
    assert case.live.held(marker) == []
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.body
    assert {"type", "title", "status", "detail", "code"} <= problem.keys() <= {*problem, "pointer"}
    assert problem["status"] == answer.status


def hand_in(case: Case, data: bytes, marker: str, sender: Address | None = None, **headers: str) -> Answer:
    """Post as ``sender`` (the notifier), and look that nothing is left of it."""
    before = case.live.counts()
    answer = case.live.post(data, (sender or case.melder).oin, **headers)
    turned_away(case, answer, marker, before)
    return answer


def good(case: Case) -> bytes:
    """What would be taken in."""
    return case.pack(case.informed())


def also(members: str) -> Spoil:
    """The good message with more in its envelope; ``MARK`` becomes the marker."""
    return lambda case, marker: good(case)[:-1] + b"," + members.replace("MARK", marker).encode() + b"}"


# ------------------------------------------------------------------------------------------------------------ JSON

NO_JSON: dict[str, tuple[Spoil, int, str]] = {
    "nothing": (lambda c, m: b"", 400, "geen_json"),
    "half": (lambda c, m: b'{"manifest":"' + m.encode(), 400, "geen_json"),
    "two values": (lambda c, m: good(c) + b' {"naam":"' + m.encode() + b'"}', 400, "geen_json"),
    "comment": (lambda c, m: b"/* " + m.encode() + b" */" + good(c), 400, "geen_json"),
    "byte order mark": (lambda c, m: b"\xef\xbb\xbf" + good(c), 400, "geen_json"),
    "a list": (lambda c, m: json.dumps([m]).encode(), 400, "geen_object"),
    "no UTF-8": (lambda c, m: b'{"manifest":"' + m.encode() + b'\xff"}', 400, "tekst"),
    "overlong UTF-8": (lambda c, m: b'{"manifest":"' + m.encode() + b'\xc0\xaf"}', 400, "tekst"),
    "half a character": (lambda c, m: envelope("x", m + "\ud800"), 400, "tekst"),
    "not NFC": (lambda c, m: envelope("x", m + "e\u0301"), 400, "tekst"),
    "member twice": (also('"manifest":"MARK"'), 400, "dubbel_lid"),
    "member twice, escaped": (also(r'"\u006danifest":"MARK"'), 400, "dubbel_lid"),
    "unknown member twice": (also('"MARK":1,"MARK":2'), 400, "dubbel_lid"),
    "unknown member": (also('"MARK":"MARK"'), 400, "bericht_vorm"),
    "sealed is an object": (lambda c, m: json.dumps({"manifest": m, "sealed": {m: m}}).encode(), 400, "bericht_vorm"),
    "a second signature": (also('"also":["MARK"]'), 400, "bericht_vorm"),
    "no manifest": (lambda c, m: json.dumps({"sealed": m}).encode(), 400, "bericht_vorm"),
    "manifest is a number": (lambda c, m: b'{"manifest":1}', 400, "bericht_vorm"),
    "17 deep": (also('"MARK":' + "[" * 17 + '"MARK"' + "]" * 17), 400, "te_diep"),
    "100 000 deep": (also('"MARK":' + "[" * 100_000 + '"MARK"' + "]" * 100_000), 400, "te_diep"),
    "2^53": (also('"MARK":9007199254740992'), 400, "getal"),
    "a million digits": (also('"MARK":' + "9" * 1_000_000), 400, "getal"),
    "a fraction": (also('"MARK":1.0'), 400, "getal"),
    "no number": (also('"MARK":NaN'), 400, "getal"),
    "more values than allowed": (also('"MARK":[' + ",".join(["0"] * 10_001) + "]"), 413, "te_groot"),
    "more bytes than allowed": (lambda c, m: b'{"sealed":"' + m.encode() * 110_000 + b'"}', 413, "te_groot"),
    "a manifest of 400 KB": (lambda c, m: envelope(m * 20_000), 400, "bericht_vorm"),
}


@pytest.mark.parametrize("what", NO_JSON)
def test_what_is_no_envelope(case: Case, marker: str, what: str) -> None:
    spoil, status, code = NO_JSON[what]
    answer = hand_in(case, spoil(case, marker), marker)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "identity"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "multipart/form-data; boundary=x"},
    ],
)
def test_what_is_packed_in_another_way(case: Case, marker: str, headers: dict[str, str]) -> None:
    bomb = gzip.compress(marker.encode() + b"0" * 50_000_000)
    for data in (good(case), bomb):
        answer = hand_in(case, data, marker, case.melder, **headers)
        assert (answer.status, answer.code) == (415, "soort_inhoud")


# ------------------------------------------------------------------------------------------- what was signed itself


def signed(case: Case, payload: bytes) -> bytes:
    """Any bytes, under the notifier's real signature."""
    return envelope(jws.sign(payload, case.live.signers[case.melder], MANIFEST_TYP))


def payload(case: Case, /, **updates: Any) -> bytes:
    return canonical.encode(changed(case.informed(), **updates))


SIGNED: dict[str, tuple[Spoil, str, str | None]] = {
    "no JSON": (lambda c, m: signed(c, m.encode()), "geen_json", None),
    "member twice": (lambda c, m: signed(c, payload(c)[:-1] + b',"phase":"' + m.encode() + b'"}'), "dubbel_lid", None),
    "deep": (lambda c, m: signed(c, b'{"' + m.encode() + b'":' + b"[" * 20 + b"]" * 20 + b"}"), "te_diep", None),
    "big number": (lambda c, m: signed(c, payload(c)[:-1] + b',"x":1e99}'), "getal", None),
    "unknown member": (lambda c, m: signed(c, payload(c, **{m: m})), "manifest_vorm", None),
    "unknown member inside": (lambda c, m: signed(c, payload(c, **{f"act.{m}": m})), "manifest_vorm", "/act"),
    "other profile": (lambda c, m: signed(c, payload(c, profile=m)), "manifest_vorm", "/profile"),
    "id is no UUIDv7": (lambda c, m: signed(c, payload(c, id=m)), "manifest_vorm", "/id"),
    "time with a fraction": (
        lambda c, m: signed(c, payload(c, created=later()[:-1] + ".5Z")),
        "manifest_vorm",
        "/created",
    ),
    "day as a time": (lambda c, m: signed(c, payload(c, **{"act.at": m})), "manifest_vorm", "/act/at"),
    "reference with stray bits": (lambda c, m: signed(c, payload(c, case="A" * 21 + "B")), "manifest_vorm", "/case"),
    "no kind of this profile": (lambda c, m: signed(c, payload(c, kind=m)), "soort_onbekend", "/kind"),
    "a kind of later": (lambda c, m: signed(c, payload(c, kind="inzageverzoek", act=None)), "soort_onbekend", "/kind"),
    "itself as recipient": (lambda c, m: signed(c, payload(c, to=[c.melder])), "manifest_vorm", "/to"),
    "31 recipients": (lambda c, m: signed(c, payload(c, to=[c.house] * 31)), "manifest_vorm", "/to"),
    "a grant to everybody": (lambda c, m: signed(c, payload(c, to=["*"])), "manifest_vorm", "/to/0"),
}


@pytest.mark.parametrize("what", SIGNED)
def test_what_is_signed_and_no_manifest(case: Case, marker: str, what: str) -> None:
    spoil, code, pointer = SIGNED[what]
    answer = hand_in(case, spoil(case, marker), marker)
    assert (answer.status, answer.code, answer.body.get("pointer")) == (400, code, pointer)


def test_an_unknown_pack(case: Case, marker: str) -> None:
    answer = hand_in(case, signed(case, payload(case, pack="A" * 43)), marker)
    assert (answer.status, answer.code) == (404, "pakket_onbekend")


# ------------------------------------------------------------------------------------------------------- signatures


def headed(case: Case, header: Message, key: SigningKey | None = None, body: bytes | None = None) -> bytes:
    """A compact JWS under any header, its signature genuine."""
    key = key or case.live.signers[case.melder]
    first = json.dumps(header).encode()
    parts = [encode_base64url(first), encode_base64url(payload(case) if body is None else body)]
    parts.append(encode_base64url(key.sign_bytes(".".join(parts).encode())))
    return envelope(".".join(parts))


def header(case: Case, **members: Any) -> Message:
    whole = {"alg": "Ed25519", "kid": case.live.signers[case.melder].kid, "typ": MANIFEST_TYP, **members}
    return {name: value for name, value in whole.items() if value is not None}


def resigned(case: Case, change: Callable[[list[str]], list[str]]) -> bytes:
    return envelope(".".join(change(case.sign(case.informed()).split("."))))


SIGNATURES: dict[str, tuple[Spoil, str]] = {
    "none at all": (lambda c, m: envelope(m), "handtekening_vorm"),
    "unsigned": (lambda c, m: resigned(c, lambda p: [*p[:2], ""]), "handtekening_vorm"),
    "alg none": (lambda c, m: headed(c, header(c, alg="none")), "handtekening_vorm"),
    "alg HS256": (lambda c, m: headed(c, header(c, alg="HS256")), "handtekening_vorm"),
    "alg EdDSA": (lambda c, m: headed(c, header(c, alg="EdDSA")), "handtekening_vorm"),
    "no alg": (lambda c, m: headed(c, header(c, alg=None)), "handtekening_vorm"),
    "no kid": (lambda c, m: headed(c, header(c, kid=None)), "handtekening_vorm"),
    "kid is a path": (lambda c, m: headed(c, header(c, kid="../" + m)), "handtekening_vorm"),
    "no typ": (lambda c, m: headed(c, header(c, typ=None)), "handtekening_vorm"),
    "typ of a mandate": (lambda c, m: headed(c, header(c, typ=MANDATE_TYP)), "handtekening_vorm"),
    "typ in capitals": (lambda c, m: headed(c, header(c, typ=MANIFEST_TYP.upper())), "handtekening_vorm"),
    "brings its key": (lambda c, m: headed(c, header(c, jwk={"kty": m})), "handtekening_vorm"),
    "key elsewhere": (lambda c, m: headed(c, header(c, jku=f"https://{m}.example")), "handtekening_vorm"),
    "crit": (lambda c, m: headed(c, header(c, crit=["exp"])), "handtekening_vorm"),
    "not base64": (lambda c, m: headed(c, header(c, b64=False)), "handtekening_vorm"),
    "padded": (lambda c, m: resigned(c, lambda p: [*p[:2], p[2] + "=="]), "handtekening_vorm"),
    "stray bits": (lambda c, m: resigned(c, lambda p: [*p[:2], p[2][:-1] + "_"]), "handtekening_vorm"),
    "half a signature": (lambda c, m: resigned(c, lambda p: [*p[:2], p[2][:43]]), "handtekening_vorm"),
    "JSON serialisation": (lambda c, m: envelope(json.dumps({"payload": m})), "handtekening_vorm"),
    "nobody's key": (lambda c, m: envelope(c.sign(c.informed(), SigningKey.generate())), "sleutel_onbekend"),
    "the root itself": (lambda c, m: envelope(c.sign(c.informed(), c.live.roots[c.melder.oin])), "sleutel_onbekend"),
    "another's signature": (
        lambda c, m: headed(c, header(c), c.live.signers[c.live.address("politie")]),
        "handtekening_fout",
    ),
    "other content": (
        lambda c, m: resigned(c, lambda p: [p[0], encode_base64url(payload(c)), p[2]]),
        "handtekening_fout",
    ),
    "the curve's null": (
        lambda c, m: resigned(c, lambda p: [*p[:2], encode_base64url(b"\x01" + bytes(63))]),
        "handtekening_fout",
    ),
}


@pytest.mark.parametrize("what", SIGNATURES)
def test_a_signature_that_is_none(case: Case, marker: str, what: str) -> None:
    spoil, code = SIGNATURES[what]
    answer = hand_in(case, spoil(case, marker), marker)
    assert (answer.status, answer.code) == (400, code)


@pytest.mark.parametrize(("name", "code"), [("expired", "sleutel_verlopen"), ("revoked", "sleutel_ingetrokken")])
def test_a_key_that_counts_no_longer(case: Case, marker: str, name: str, code: str) -> None:
    police = case.live.address("politie")
    message = case.message("ontvangst", police, case.house, act={"of": marker})
    answer = hand_in(case, envelope(case.sign(message, case.live.odd[name])), marker, police)
    assert (answer.status, answer.code) == (400, code)


# ------------------------------------------------------------------------------------------------- time and address

WINDOWS: dict[str, tuple[Callable[[], dict[str, str]], str, str]] = {
    "from the future": (lambda: {"created": later(minutes=10)}, "te_vroeg", "/created"),
    "stale": (lambda: {"created": later(days=-3), "expires": later(seconds=-1)}, "verlopen", "/expires"),
    "valid for a year": (lambda: {"expires": later(days=365)}, "te_lang_geldig", "/expires"),
}
"""Times count from the test, not from when it was read: a whole run takes longer than ten minutes."""


@pytest.mark.parametrize("what", WINDOWS)
def test_a_message_of_another_time(case: Case, marker: str, what: str) -> None:
    members, code, pointer = WINDOWS[what]
    answer = hand_in(case, case.pack(case.informed(**members())), marker)
    assert (answer.status, answer.code, answer.body["pointer"]) == (400, code, pointer)


def test_a_clock_that_is_a_little_ahead_is_fine(case: Case) -> None:
    created = format_instant(now() + timedelta(seconds=30))
    assert case.send(case.informed(created=created)).status == 202


def test_another_house_than_the_route_says(case: Case, marker: str) -> None:
    answer = hand_in(case, case.pack(case.informed(house=marker)), marker)
    assert (answer.status, answer.code) == (400, "verkeerd_huis")
    data = good(case)
    live = case.live
    elsewhere = live.call(live.context(case.melder.oin), "POST", f"/v1/houses/{marker}/messages", data)
    assert (elsewhere.status, elsewhere.code) == (404, "huis_onbekend")
    assert live.held(marker) == []


def test_nobody_speaks_for_another(case: Case, marker: str) -> None:
    """Another's address under one's own key; one's other address under this one's key; another's certificate."""
    live = case.live
    police, care = live.address("politie"), live.address("verslavingszorg", "ggz")
    twin = live.address("verslavingszorg", "reclassering")
    own = live.signers
    for data, caller in (
        (envelope(case.sign(case.informed(), own[police])), police),
        (envelope(case.sign(case.informed(), own[police])), case.melder),
        (envelope(case.sign(case.message("sleutel_verzoek", twin, case.house), own[care])), care),
        (good(case), police),
        (good(case), case.house),
    ):
        answer = hand_in(case, data, marker, caller)
        assert (answer.status, answer.code) == (403, "verkeerde_afzender")


def test_no_certificate(case: Case, marker: str) -> None:
    live, before = case.live, case.live.counts()
    answer = live.call(live.context(None), "POST", "messages", good(case))
    turned_away(case, answer, marker, before)
    assert (answer.status, answer.code) == (401, "geen_certificaat")


def test_a_certificate_of_an_unknown_authority(case: Case) -> None:
    """The real OIN, the real name of the authority; the connection ends before a byte of HTTP is read."""
    live, before = case.live, case.live.counts()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        live.call(live.stranger(case.melder.oin), "POST", "messages", good(case))
    assert live.counts() == before


def test_tls_of_before(case: Case) -> None:
    live = case.live
    context = ssl.create_default_context(cafile=str(live.founded.authority))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    party = live.founded.parties["emmen"]
    context.load_cert_chain(party.certificate, party.tls_key)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        live.call(context, "POST", "messages", good(case))


def test_no_tls_at_all(case: Case, marker: str) -> None:
    with socket.create_connection(("localhost", case.live.ports.public), 10) as plain:
        plain.sendall(f"POST /{marker} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        try:
            said = plain.recv(1000)
        except ConnectionError:
            said = b""
    assert b"HTTP" not in said
    assert case.live.held(marker) == []


# ----------------------------------------------------------------------------------------------------------- replay


def test_the_same_bytes_get_the_same_answer_and_other_bytes_a_conflict(case: Case, marker: str) -> None:
    live, message = case.live, case.informed()
    data = case.pack(message)
    first = live.post(data, case.melder.oin)
    before = live.counts()
    again = live.post(data, case.melder.oin)
    assert (first.status, again.status, again.body["receipt"]) == (202, 202, first.body["receipt"])
    assert live.counts() == before
    other = case.pack(changed(message, expires=later(hours=2)))
    answer = hand_in(case, other, marker)
    assert (answer.status, answer.code) == (409, "nummer_hergebruikt")
    # Under the house's name the same number is another message, and somebody else's bytes are nobody's.
    assert live.post(data, case.house.oin).code == "verkeerde_afzender"


def test_the_marker_is_found_where_it_does_stand(case: Case, marker: str) -> None:
    """What looks for it sees it: in a row by its letters, in a signed text by its base64, in a log."""
    assert "utf-8" in case.live.held(case.ref)
    assert "utf-8 base64" in case.live.held("gewenst_resultaat")
    assert "utf-8" not in case.live.held("gewenst_resultaat")
    assert "utf-8" in case.live.held("{house}/messages")  # the route, as the log line of a request has it
    assert case.live.held(marker) == []
