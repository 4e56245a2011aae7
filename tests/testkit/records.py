"""Broken records: signed records, and the directory that a house's records make (ledger-and-keys.md)."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from keys import jws
from schemas.ids import format_instant
from tests.testkit import house
from tests.testkit.case import Case, Row, changes, drop, put, written
from tests.testkit.house import (
    FOUNDED,
    HOUSE_OIN,
    MELDER,
    MELDER_OIN,
    NOW,
    POLICE,
    POLICE_OIN,
    accession,
    authority_record,
    by_officers,
    by_root,
    decree,
    genesis,
    key,
    leaving,
    pack_decision,
    party_key,
    public,
    revocation,
    root,
    rows,
    sign,
    signed,
)

# ------------------------------------------------------------------------------------------------------------- records


def records() -> Iterator[Case]:
    """A signed record alone: ``{first, second?}``; nothing is verified yet."""
    form, typ = "record_vorm", "keten-record+jws"
    valid = Case("record", "valid-accession", "An accession signed by two officers", written(_acceded()))
    yield valid
    whole = accession(MELDER_OIN, "college_bw")

    def both(record: Any) -> str:
        return written(by_officers(record))

    changed: list[Row] = [
        ("kind-missing", "No kind", drop("record"), form, None),
        ("kind-unknown", "A kind that nobody knows", put("record", "verhuizing"), form, None),
        ("kind-list", "A kind in a list", put("record", ["toetreding"]), form, None),
        ("unknown", "A member that nobody knows", put("note", "x"), form, None),
        ("oin-short", "An OIN of 19 positions", put("oin", MELDER_OIN[1:]), form, None),
        ("name-empty", "An empty name", put("name", ""), form, None),
        ("addresses-none", "No functions", put("addresses", []), form, None),
        ("addresses-15", "Fifteen functions", lambda m: m | {"addresses": m["addresses"] * 15}, form, None),
        ("suite-unknown", "A suite that nobody knows", put("addresses.0.suite", "keten-x"), form, None),
        ("grant-unknown", "A member of a function that nobody knows", put("addresses.0.all", True), form, None),
        ("since-day", "Since a day", put("since", "2026-03-09"), form, None),
        ("declared-missing", "Not declared", drop("declared"), form, None),
        ("screened-instant", "Screened at an instant", put("screened", house.at()), form, None),
    ]
    yield from changes(valid, whole, changed, both)
    text = _acceded()
    other = sign(accession(MELDER_OIN, "college_bw", name="Anders"), "manager", typ)
    spaced = written(whole).replace(",", ", ")
    for name, what, value, code in (
        ("first-cut", "The first signature is cut off", text | {"first": text["first"][:-1]}, form),
        (
            "first-type",
            "Under the type of a manifest",
            text | {"first": sign(whole, "voorzitter", "keten-manifest+jws")},
            form,
        ),
        ("first-long", "A record above 32 000 characters", signed(whole | {"root": "A" * 32_000}, "voorzitter"), form),
        ("payload-list", "A list for a record", _plain("[]"), form),
        ("payload-twice", "A member twice", _plain('{"record":"uittreding","record":"genesis"}'), form),
        ("payload-fraction", "A number with a fraction", _plain('{"record":"genesis","a":1.5}'), form),
        ("payload-spaces", "Not in its canonical form", _plain(spaced), form),
        ("payload-order", "Members in another order", _plain(_reversed(whole)), form),
        ("payloads-two", "Two signatures over two records", text | {"second": other}, "record_handtekening"),
        ("signer-twice", "Two signatures of one key", text | {"second": text["first"]}, "record_ondertekenaars"),
    ):
        yield Case("record", name, what, written(value), code, base=valid.name)


def _acceded() -> dict[str, str]:
    return by_officers(accession(MELDER_OIN, "college_bw"))


def _plain(text: str) -> dict[str, str]:
    return {"first": jws.sign(text.encode(), key("voorzitter"), "keten-record+jws")}


def _reversed(value: dict[str, Any]) -> str:
    return written(dict(sorted(value.items(), reverse=True)))


# ----------------------------------------------------------------------------------------------------------- directory

Change = Callable[[list[dict[str, str]]], list[dict[str, str]]]


def directories() -> Iterator[Case]:
    """Bytes: a JSON list of ``{first, second?, time}``; ``at``: the record that does not hold."""
    founding = list(house.founding())
    valid = Case("directory", "valid-founded", "A house with two parties and their keys", written(rows(*founding)))
    yield valid
    late = [*founding, by_officers(decree(POLICE_OIN)), by_root(revocation(MELDER, MELDER), MELDER_OIN)]
    late += [by_officers(leaving(POLICE_OIN)), by_officers(pack_decision("volgend pakket"))]
    yield Case(
        "directory", "valid-later", "The same with a decree, a revocation, an exit and a pack", written(rows(*late))
    )

    def row(name: str, what: str, made: list[dict[str, str]], code: str, at: int | None) -> Case:
        where = None if at is None else f"/{at}"
        return Case("directory", name, what, written(rows(*made)), code, where, base=valid.name)

    yield row("none", "No records", [], "record_volgorde", None)
    yield row("genesis-missing", "The first record is no genesis", founding[1:], "record_volgorde", 0)
    yield row("genesis-twice", "A second genesis", [*founding, founding[0]], "record_volgorde", 5)
    for name, what, record, code in _genesis():
        yield row(f"genesis-{name}", what, [by_officers(record)], code, 0)
    first = genesis()
    lone, stranger = signed(first, "voorzitter"), signed(first, "voorzitter", "vreemde")
    yield row("genesis-one-officer", "Signed by the chair alone", [lone], "record_ondertekenaars", 0)
    yield row("genesis-stranger", "Signed by a stranger beside the chair", [stranger], "record_ondertekenaars", 0)
    broken = by_officers(first) | {"second": _flip(by_officers(first)["second"])}
    yield row("genesis-signature", "A bit of the second signature was changed", [broken], "record_handtekening", 0)
    for name, what, one, code in _accessions():
        yield row(f"accession-{name}", what, [founding[0], one], code, 1)
    for name, what, one, code in _keys():
        yield row(f"key-{name}", what, [*founding, one], code, 5)
    for name, what, made, code in _later():
        yield row(name, what, [*founding, *made], code, 4 + len(made))
    unsigned = [*founding[:2], founding[2] | {"first": _flip(founding[2]["first"])}]
    yield row("key-signature", "A bit of the signature was changed", unsigned, "record_handtekening", 2)
    yield row("key-before-party", "A key before its party acceded", [founding[0], founding[2]], "record_volgorde", 1)


def _flip(text: str) -> str:
    head, _, signature = text.rpartition(".")
    return f"{head}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


_Row = tuple[str, str, dict[str, Any], str]


def _genesis() -> list[_Row]:
    ended = NOW - timedelta(days=1, hours=12)
    return [
        ("officers-one", "Chair and manager share a key", genesis(manager=public("voorzitter")), "record_sleutel"),
        ("officer-log", "The broker holds the chair's key", genesis(log_key=public("voorzitter")), "record_sleutel"),
        (
            "officer-receipt",
            "The manager's key signs receipts",
            genesis(receipt_key=public("manager")),
            "record_sleutel",
        ),
        ("origin-other", "An origin of another house", genesis(origin="broker.example/ander/2026"), "record_huis"),
        ("origin-year", "An origin without a year", genesis(origin=f"broker.example/{house.HOUSE}"), "record_vorm"),
        (
            "log-key-zero",
            "A log key of small order",
            genesis(log_key=public("log") | {"x": "A" * 43}),
            "sleutel_ongeschikt",
        ),
        (
            "log-key-curve",
            "A log key of another curve",
            genesis(log_key=public("log") | {"crv": "P-256"}),
            "record_vorm",
        ),
        ("authorities-none", "No authority", genesis(authorities=[]), "record_vorm"),
        ("authority-base64", "An authority that is no base64", genesis(authorities=["?"]), "record_certificaat"),
        ("authority-der", "An authority that is no certificate", genesis(authorities=["AAAA"]), "record_certificaat"),
        (
            "authority-leaf",
            "An authority that may not issue",
            genesis(authorities=[authority_record(ca=False)]),
            "record_certificaat",
        ),
        (
            "authority-ended",
            "An authority whose certificate has ended",
            genesis(authorities=[authority_record(until=ended)]),
            "record_certificaat",
        ),
        ("quorum-text", "A quorum as a text", genesis(witnesses={"witnesses": [], "quorum": "0"}), "record_vorm"),
        ("sandbox-text", "unsafe_sandbox as a text", genesis(unsafe_sandbox="true"), "record_vorm"),
        ("dpia-empty", "No DPIA", genesis(dpia=""), "record_vorm"),
        ("pack-version", "A pack by its version", genesis(pack="2019"), "record_vorm"),
    ]


def _accessions() -> list[tuple[str, str, dict[str, str], str]]:
    wortel = f"wortel {MELDER_OIN}"

    def with_root(**asked: Any) -> dict[str, str]:
        return by_officers(
            accession(MELDER_OIN, "college_bw", root=root(asked.pop("oin", MELDER_OIN), wortel, **asked))
        )

    whole = accession(MELDER_OIN, "college_bw")
    twice = accession(MELDER_OIN, "college_bw", addresses=whole["addresses"] * 2)
    code = "record_certificaat"
    ended = FOUNDED - timedelta(minutes=30)
    return [
        ("house", "A record of another house", by_officers(whole | {"house": "anderhuis"}), "record_huis"),
        ("one-officer", "Signed by the manager alone", signed(whole, "manager"), "record_ondertekenaars"),
        ("party-itself", "Signed by the party itself", signed(whole, wortel), "record_ondertekenaars"),
        ("function-twice", "One function twice", by_officers(twice), "record_functie"),
        ("oin", "The certificate carries another OIN", with_root(oin=POLICE_OIN), code),
        ("oin-two", "The certificate carries two OINs", with_root(numbers=(MELDER_OIN, POLICE_OIN)), code),
        ("oin-none", "The certificate carries no OIN", with_root(numbers=()), code),
        ("oin-form", "The certificate carries a number that is no OIN", with_root(numbers=("12345678",)), code),
        ("issuer", "The certificate of an authority that is not named", with_root(issuer="andere ca"), code),
        ("ended", "The certificate has ended", with_root(until=ended), code),
        ("ca", "The certificate of an authority", with_root(ca=True), code),
        ("may-not-sign", "The key of the certificate may not sign", with_root(signs=False), code),
        ("curve", "A root that is not Ed25519", with_root(curve=True), code),
        ("critical", "A critical extension that nobody knows", with_root(critical=True), code),
        ("pem", "The certificate in PEM", by_officers(whole | {"root": "-----BEGIN CERTIFICATE-----"}), code),
        ("trailing", "A byte behind the certificate", by_officers(whole | {"root": _longer(whole["root"])}), code),
        (
            "root-log",
            "The root is the log's key",
            by_officers(whole | {"root": root(MELDER_OIN, "log")}),
            "record_sleutel",
        ),
    ]


def _longer(text: str) -> str:
    return base64.b64encode(base64.b64decode(text) + b"\0").decode("ascii")


def _keys() -> list[tuple[str, str, dict[str, str], str]]:
    def own(**changed: Any) -> dict[str, str]:
        return by_root(party_key(MELDER, "nieuwe sleutel") | changed, MELDER_OIN)

    return [
        (
            "signer-other",
            "Signed by the root of another party",
            by_root(party_key(MELDER, "n"), POLICE_OIN),
            "record_ondertekenaars",
        ),
        ("signer-officers", "Signed by the officers", by_officers(party_key(MELDER, "n")), "record_ondertekenaars"),
        ("signer-itself", "Signed by the key itself", signed(party_key(MELDER, "n"), "n"), "record_ondertekenaars"),
        ("function", "A function that was not granted", own(address=f"{MELDER_OIN}:politie"), "record_functie"),
        ("address", "No address", own(address=MELDER_OIN), "record_vorm"),
        ("ends-first", "It ends before it begins", own(not_after=format_instant(FOUNDED)), "record_termijn"),
        ("taken", "A key that is in use already", own(key=public(POLICE)), "record_sleutel"),
        ("officer", "The key of an officer", own(key=public("manager")), "record_sleutel"),
        ("root", "The key of its own root", own(key=public(f"wortel {MELDER_OIN}")), "record_sleutel"),
        ("zero", "A key of small order", own(key=public("log") | {"x": "A" * 43}), "sleutel_ongeschikt"),
        ("private", "The private half stands there too", own(key=public("n") | {"d": "AA"}), "record_vorm"),
        ("house", "A key of another house", own(house="anderhuis"), "record_huis"),
    ]


def _later() -> list[tuple[str, str, list[dict[str, str]], str]]:
    gone = by_officers(leaving(MELDER_OIN))
    begun = format_instant(FOUNDED)
    unknown = revocation(MELDER, "vreemde")
    return [
        ("exit-unknown", "Somebody leaves who never acceded", [by_officers(leaving(HOUSE_OIN))], "record_volgorde"),
        ("exit-twice", "A party leaves twice", [gone, gone], "record_volgorde"),
        (
            "exit-one-officer",
            "An exit signed by one officer",
            [signed(leaving(MELDER_OIN), "manager")],
            "record_ondertekenaars",
        ),
        ("exit-ground", "An exit on no ground", [by_officers(leaving(MELDER_OIN, ground="fusie"))], "record_vorm"),
        (
            "key-after-exit",
            "A key of a party that left",
            [gone, by_root(party_key(MELDER, "n"), MELDER_OIN)],
            "record_volgorde",
        ),
        (
            "revocation-unknown",
            "A revocation of a key that is not there",
            [by_root(unknown, MELDER_OIN)],
            "record_sleutel",
        ),
        (
            "revocation-address",
            "A revocation at another address",
            [by_root(revocation(MELDER, POLICE), MELDER_OIN)],
            "record_sleutel",
        ),
        (
            "revocation-other-party",
            "A revocation by the root of another party",
            [by_root(revocation(MELDER, MELDER), POLICE_OIN)],
            "record_ondertekenaars",
        ),
        ("pack-same", "The pack that is in force", [by_officers(pack_decision("pakket"))], "record_volgorde"),
        (
            "pack-before",
            "A pack that begins before the one it follows",
            [by_officers(pack_decision("a", since=house.at(days=9))), by_officers(pack_decision("b"))],
            "record_volgorde",
        ),
        (
            "pack-one-officer",
            "A pack signed by one officer",
            [signed(pack_decision("a"), "voorzitter")],
            "record_ondertekenaars",
        ),
        (
            "pack-unprepared",
            "A pack without a DPIA",
            [by_officers(_without(pack_decision("a"), "dpia"))],
            "record_vorm",
        ),
        (
            "decree-unknown",
            "A decree of a party that never acceded",
            [by_officers(decree(HOUSE_OIN))],
            "record_volgorde",
        ),
        (
            "decree-ends-first",
            "A decree that ends before it begins",
            [by_officers(decree(POLICE_OIN, until=begun))],
            "record_termijn",
        ),
        (
            "decree-party",
            "A decree signed by the police",
            [by_root(decree(POLICE_OIN), POLICE_OIN)],
            "record_ondertekenaars",
        ),
    ]


def _without(record: dict[str, Any], name: str) -> dict[str, Any]:
    left = copy.deepcopy(record)
    del left[name]
    return left
