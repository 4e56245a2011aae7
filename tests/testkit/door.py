"""Broken messages as a party hands them in: everything but one thing is in order (wire.md "Interface of the broker").

``given``: whose certificate it comes with (``caller``), and what was handed in before (``first``). The house is that
of ``files/house.json``, the time that of ``files/keys.json``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from keys import jws
from schemas import canonical
from schemas.ids import format_instant
from schemas.strict import encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, written
from tests.testkit.house import (
    DOOR,
    FOUNDED,
    HOUSE,
    MELDER,
    MELDER_OIN,
    NOW,
    POLICE,
    POLICE_OIN,
    STRANGER_OIN,
    accession,
    by_officers,
    by_root,
    digest,
    founding,
    key,
    leaving,
    message_id,
    party_key,
    ref,
    revocation,
    sign,
)
from tests.testkit.messages import a_message, exact
from tests.testkit.sealed import hybrid
from tests.testkit.sealed import whole as curve
from tests.testkit.signatures import forged, headed

MANIFEST_TYP, MANDATE_TYP = "keten-manifest+jws", "keten-mandate+jws"
REVOKED, EXPIRED = "ingetrokken sleutel", "verlopen sleutel"
GONE = f"{STRANGER_OIN}:college_bw"
START = "aanmelding_start"


def house_records() -> list[dict[str, str]]:
    """The records of the house, in order: found one with these, all at one time, before the messages are handed in."""
    ended = format_instant(NOW - timedelta(hours=1))
    records = [
        *founding(),
        by_root(party_key(MELDER, REVOKED), MELDER_OIN),
        by_root(revocation(MELDER, REVOKED), MELDER_OIN),
        by_root(party_key(MELDER, EXPIRED, not_after=ended), MELDER_OIN),
        by_officers(accession(STRANGER_OIN, "college_bw")),
        by_root(party_key(GONE, GONE), STRANGER_OIN),
        by_officers(leaving(STRANGER_OIN)),
    ]
    return [one | {"time": format_instant(FOUNDED)} for one in records]


def mandate(signer: str = MELDER, typ: str = MANDATE_TYP, **changes: Any) -> str:
    """The municipality's mandate for the case."""
    whole = {"case": ref("casus"), "date": "2026-03-10", "house": HOUSE, "to": DOOR}
    return sign(whole | changes, signer, typ)


def start(label: str = "start", act: Any = None, **changes: Any) -> dict[str, Any]:
    """The first message of a case."""
    members = {"id": message_id(label), "expires": house.at(days=1)} | changes
    return a_message(START, act or {"mandate": mandate()}, **members)


def post(manifest: Any, signer: str = MELDER, sealed: str | None = None, **members: Any) -> str:
    """An envelope."""
    return written({"manifest": sign(manifest, signer, MANIFEST_TYP), "sealed": sealed} | members)


def _sealed_with(text: dict[str, Any], suite: str = "keten-pq", **changes: Any) -> tuple[dict[str, Any], str]:
    """A notification and the sealed text that belongs to it."""
    sealed = written(text)
    part = {
        "sha256": str(canonical.digest_text(sealed)),
        "bucket": 4096,
        "suite": suite,
        "recipients": [text["recipients"][0]["header"]["kid"]],
    }
    manifest = exact() | {"id": message_id("verzegeld bericht"), "expires": house.at(days=1)}
    return manifest | {"sealed": part | changes}, sealed


def messages() -> Iterator[Case]:
    """Envelope, signature, sender, house, time, mandate; then what is sealed."""
    given = {"caller": MELDER_OIN}
    valid = Case("door", "valid-start", "The start of a case: it is allowed", post(start()), given=given, about=START)
    yield valid
    ahead = start("voor", {"mandate": mandate(case=ref("casus 2"))}, case=ref("casus 2"), created=house.at(seconds=60))
    yield Case("door", "valid-clock-ahead", "A clock that is 60 seconds ahead", post(ahead), given=given, about=START)
    for name, what, text, code, at in (*_form(), *_keys(), *_members(), *_mandates()):
        caller = STRANGER_OIN if name == "party-left" else POLICE_OIN if name == "caller-other" else MELDER_OIN
        yield Case("door", name, what, text, code, at, START, valid.name, {"caller": caller})
    other = post(start(case=ref("casus 3"), act={"mandate": mandate(case=ref("casus 3"))}))
    again = given | {"first": valid.path}
    yield Case(
        "door",
        "id-reused",
        "Another message under the same id",
        other,
        "nummer_hergebruikt",
        "/id",
        START,
        valid.name,
        again,
    )
    yield from _seals(given)


_Row = tuple[str, str, str, str, str | None]


def _form() -> list[_Row]:
    manifest = start()
    payload = canonical.encode(manifest)
    signer = key(MELDER)
    text = jws.sign(payload, signer, MANIFEST_TYP)
    head, body, signature = text.split(".")
    flipped = f"{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    place = "/manifest"

    def raw(data: bytes) -> str:
        return written({"manifest": jws.sign(data, signer, MANIFEST_TYP), "sealed": None})

    return [
        (
            "also",
            "A further signature, of an algorithm that nobody has",
            post(manifest, also=[text]),
            "bericht_vorm",
            "/also",
        ),
        (
            "jws-two-parts",
            "The signature is missing",
            written({"manifest": f"{head}.{body}"}),
            "handtekening_vorm",
            place,
        ),
        (
            "jws-typ",
            "Under the type of a mandate",
            written({"manifest": sign(manifest, MELDER, MANDATE_TYP)}),
            "handtekening_vorm",
            place,
        ),
        (
            "jws-alg-none",
            "alg none",
            written({"manifest": forged(headed(alg="none"), payload, signer)}),
            "handtekening_vorm",
            place,
        ),
        (
            "jws-signature",
            "A bit of the signature was changed",
            written({"manifest": f"{head}.{body}.{flipped}"}),
            "handtekening_fout",
            None,
        ),
        ("payload-no-json", "What is signed is no JSON", raw(payload[:-1]), "geen_json", None),
        ("payload-twice", "A member twice", raw(payload[:-1] + b',"kind":"actie"}'), "dubbel_lid", None),
        ("payload-fraction", "A number with a fraction", raw(payload[:-1] + b',"a":0.5}'), "getal", None),
        ("payload-deep", "Seventeen levels", raw(b'{"a":' * 17 + b"1" + b"}" * 17), "te_diep", None),
        ("payload-list", "What is signed is a list", raw(b"[" + payload + b"]"), "geen_object", None),
        ("payload-nfd", "Text that is not in NFC", raw(payload[:-1] + ',"a":"e\u0301"}'.encode()), "tekst", None),
    ]


def _keys() -> list[_Row]:
    gone = start() | {"from": GONE}
    return [
        ("key-unknown", "Signed by a key that nobody recorded", post(start(), "vreemde"), "sleutel_onbekend", None),
        ("key-officer", "Signed by an officer of the house", post(start(), "voorzitter"), "sleutel_onbekend", None),
        (
            "key-root",
            "Signed by the root of the party",
            post(start(), f"wortel {MELDER_OIN}"),
            "sleutel_onbekend",
            None,
        ),
        ("key-revoked", "Signed by a key that was revoked", post(start(), REVOKED), "sleutel_ingetrokken", None),
        ("key-expired", "Signed by a key that has ended", post(start(), EXPIRED), "sleutel_verlopen", None),
        ("party-left", "Signed by a party that left", post(gone, GONE), "sleutel_ingetrokken", None),
    ]


def _members() -> list[_Row]:
    long = start(expires=house.at(days=400))
    return [
        ("house-other", "For another house", post(start(house="anderhuis")), "verkeerd_huis", "/house"),
        (
            "sender-other",
            "From another party than signed",
            post(start() | {"from": POLICE}),
            "verkeerde_afzender",
            "/from",
        ),
        (
            "sender-function",
            "From a function that did not sign",
            post(start() | {"from": f"{MELDER_OIN}:ggd"}),
            "verkeerde_afzender",
            "/from",
        ),
        ("caller-other", "Handed in by another party", post(start()), "verkeerde_afzender", "/from"),
        ("sender-missing", "From nobody", post(_without("from")), "manifest_vorm", "/from"),
        ("to-self", "To its sender", post(start(to=[MELDER])), "manifest_vorm", "/to"),
        ("member-unknown", "A member that nobody knows", post(start(note="x")), "manifest_vorm", None),
        (
            "act-unknown",
            "A member of the act that nobody knows",
            post(start(act={"mandate": mandate(), "note": 1})),
            "manifest_vorm",
            "/act",
        ),
        (
            "pack-unknown",
            "A pack that nobody knows",
            post(start(pack=digest("ander pakket"))),
            "pakket_onbekend",
            "/pack",
        ),
        (
            "kind-later",
            "A kind that does not exist yet",
            post(_without("act") | {"kind": "inzageverzoek"}),
            "soort_onbekend",
            "/kind",
        ),
        (
            "created-ahead",
            "A clock that is 61 seconds ahead",
            post(start(created=house.at(seconds=61))),
            "te_vroeg",
            "/created",
        ),
        (
            "expired",
            "It has ended",
            post(start(created=house.at(days=-2), expires=house.at(seconds=-1))),
            "verlopen",
            "/expires",
        ),
        (
            "expires-now",
            "It ends now",
            post(start(created=house.at(days=-1), expires=house.at())),
            "verlopen",
            "/expires",
        ),
        ("too-long", "Valid for longer than the pack allows", post(long), "te_lang_geldig", "/expires"),
        (
            "sealed-unannounced",
            "A sealed part that the manifest does not announce",
            post(start(), sealed=written(hybrid())),
            "verzegeling_fout",
            "/sealed",
        ),
        (
            "key-suite",
            "It publishes a key of a suite that it may not use",
            post(_weak_key()),
            "suite_niet_toegestaan",
            "/act/keys/0/suite",
        ),
    ]


def _without(name: str) -> dict[str, Any]:
    manifest = start()
    del manifest[name]
    return manifest


def _weak_key() -> dict[str, Any]:
    x = curve()["recipients"][0]["header"]["epk"]["x"]
    row = {
        "kid": digest("sleutel"),
        "suite": "keten-ec",
        "pub": {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": x},
        "phase": "aanmelding",
        "epoch": 0,
        "not_after": house.at(days=30),
        "canary": digest("kanarie"),
    }
    return a_message("sleutel", {"keys": [row]}, expires=house.at(hours=12))


def _mandates() -> list[_Row]:
    spoiled = (
        ("text", "A text that is no JWS", "mandaat"),
        ("cut", "Cut off", mandate()[:-10]),
        ("typ", "Under the type of a manifest", mandate(typ=MANIFEST_TYP)),
        ("signer", "Signed by another party", mandate(POLICE)),
        ("stranger", "Signed by a key that nobody recorded", mandate("vreemde")),
        ("revoked", "Signed by a key that was revoked", mandate(REVOKED)),
        ("case", "For another case", mandate(case=ref("andere casus"))),
        ("house", "For another house", mandate(house="anderhuis")),
        ("to", "For another party", mandate(to=POLICE)),
        ("tomorrow", "Of tomorrow", mandate(date="2026-03-11")),
        ("date", "Of a day that was not there", mandate(date="2026-02-30")),
        ("unknown", "With a member that nobody knows", mandate(note="x")),
    )
    return [
        (f"mandate-{name}", f"A mandate. {what}", post(start(act={"mandate": text})), "mandaat_fout", "/act/mandate")
        for name, what, text in spoiled
    ]


def _seals(given: dict[str, Any]) -> Iterator[Case]:
    manifest, text = _sealed_with(hybrid())
    about = "aanmelding"
    good = Case(
        "door",
        "valid-sealed",
        "In form; refused by a rule: there is no such case",
        post(manifest, sealed=text),
        given=given,
        about=about,
        refused=True,
    )
    yield good
    wrong, where = "verzegeling_fout", "/sealed"
    twice = hybrid() | {"recipients": hybrid()["recipients"] * 2}
    other_aad = hybrid() | {"aad": canonical_aad("ander")}
    weak, weak_text = _sealed_with(curve(), "keten-ec")
    for name, what, body, code, at in (
        ("sealed-missing", "The announced part is missing", post(manifest), wrong, where),
        ("sealed-changed", "A space behind the sealed part", post(manifest, sealed=f"{text} "), wrong, where),
        ("sealed-aad", "Bound to another message", post_pair(*_sealed_with(other_aad)), wrong, where),
        (
            "sealed-kid",
            "For another key than announced",
            post_pair(*_sealed_with(hybrid(), recipients=[digest("x")])),
            wrong,
            where,
        ),
        (
            "sealed-bucket",
            "In another bucket than announced",
            post_pair(*_sealed_with(hybrid(), bucket=16384)),
            wrong,
            where,
        ),
        (
            "sealed-suite",
            "Under another suite than announced",
            post_pair(*_sealed_with(hybrid(), "keten-ec")),
            wrong,
            where,
        ),
        ("sealed-recipients", "For one key more than announced", post_pair(*_sealed_with(twice)), wrong, where),
        ("sealed-no-json", "No JSON", post_pair(*_digested(text[:-1])), wrong, where),
        (
            "sealed-suite-weak",
            "Under a suite that the house does not allow",
            post(weak, sealed=weak_text),
            "suite_niet_toegestaan",
            "/sealed/suite",
        ),
    ):
        yield Case("door", name, what, body, code, at, about, good.name, given)


def canonical_aad(label: str) -> str:
    """The additional data of another message."""
    return encode_base64url(f"keten-1.{message_id(label)}".encode())


def post_pair(manifest: dict[str, Any], sealed: str) -> str:
    """Both in one envelope."""
    return post(manifest, sealed=sealed)


def _digested(text: str) -> tuple[dict[str, Any], str]:
    manifest, _ = _sealed_with(hybrid())
    return manifest | {"sealed": manifest["sealed"] | {"sha256": str(canonical.digest_text(text))}}, text
