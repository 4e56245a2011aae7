"""Broken bytes: JSON, base64url and envelopes (wire.md "Bytes")."""

from __future__ import annotations

from collections.abc import Iterator

from tests.testkit.case import Case, Parts, Row, changes, drop, put, written

STRICT_BASE = '{"manifest":"a.b.c","sealed":null,"also":[]}'
_DEEP = 15


def strict() -> Iterator[Case]:
    """What is no JSON of the profile; as the body of a message each is refused before anything else is looked at."""
    valid = Case("strict", "valid-object", "An object of the profile's JSON", STRICT_BASE)
    yield valid
    yield Case("strict", "valid-deep", "As deep as may be: 16 levels", '{"a":' * _DEEP + "1" + "}" * _DEEP)
    yield Case(
        "strict", "valid-integer", "The highest number: 2^53 - 1", '{"a":9007199254740991,"b":-9007199254740991}'
    )
    yield Case("strict", "valid-text", "NFC, and a whole surrogate pair in escapes", '{"a":"\u00e9\\ud83d\\ude00"}')
    for name, what, data, code in _STRICT:
        yield Case("strict", name, what, data, code, base=valid.name)


_STRICT: tuple[tuple[str, str, str | bytes | Parts, str], ...] = (
    ("empty", "No bytes at all", "", "geen_json"),
    ("blank", "White space alone", " \n", "geen_json"),
    ("cut-off", "The end is missing", STRICT_BASE[:-1], "geen_json"),
    ("cut-in-text", "Cut off inside a string", STRICT_BASE[:16], "geen_json"),
    ("no-colon", "A member without a colon", '{"manifest" "a.b.c"}', "geen_json"),
    ("comma-behind", "A comma behind the last member", '{"manifest":"a.b.c",}', "geen_json"),
    ("comma-in-list", "A comma behind the last element", '{"manifest":"a.b.c","also":["x",]}', "geen_json"),
    ("two-commas", "Two commas", '{"manifest":"a.b.c",,"also":[]}', "geen_json"),
    ("single-quotes", "Strings in single quotes", "{'manifest':'a.b.c'}", "geen_json"),
    ("name-bare", "A name without quotes", '{manifest:"a.b.c"}', "geen_json"),
    ("name-number", "A number as a name", '{1:"a.b.c"}', "geen_json"),
    ("comment", "A comment", '{"manifest":"a.b.c"/* x */}', "geen_json"),
    ("comment-line", "A comment on a line", '{"manifest":"a.b.c"}//x', "geen_json"),
    ("second-value", "A second value behind the first", STRICT_BASE + "{}", "geen_json"),
    ("brace-behind", "A brace too many", STRICT_BASE + "}", "geen_json"),
    ("nul-behind", "A NUL behind the value", STRICT_BASE + "\0", "geen_json"),
    ("form-feed", "White space that JSON does not have: form feed", "\f" + STRICT_BASE, "geen_json"),
    ("no-break-space", "White space that JSON does not have: no-break space", "\u00a0" + STRICT_BASE, "geen_json"),
    ("mark-in-front", "A byte order mark in front", "\ufeff" + STRICT_BASE, "geen_json"),
    ("control-in-text", "A control character in a string", '{"manifest":"a\tb"}', "geen_json"),
    ("line-break-in-text", "A line break in a string", '{"manifest":"a\nb"}', "geen_json"),
    ("escape-unknown", "An escape that is none", '{"manifest":"\\x61"}', "geen_json"),
    ("escape-short", "An escape of three digits", '{"manifest":"\\u061"}', "geen_json"),
    ("capital-true", "A word in capitals", '{"manifest":True}', "geen_json"),
    ("undefined", "A word of another language", '{"manifest":undefined}', "geen_json"),
    ("bracket-for-brace", "A bracket that closes a brace", '{"also":[}', "geen_json"),
    ("number-zero-in-front", "A number with a zero in front", '{"a":01}', "geen_json"),
    ("number-plus", "A number with a plus", '{"a":+1}', "geen_json"),
    ("number-hex", "A hexadecimal number", '{"a":0x10}', "geen_json"),
    ("number-dot-behind", "A number that ends in a point", '{"a":1.}', "geen_json"),
    ("not-object", "A list where an object is expected", "[]", "geen_object"),
    ("not-object-text", "A string where an object is expected", '"a.b.c"', "geen_object"),
    ("not-object-null", "null where an object is expected", "null", "geen_object"),
    ("twice", "A member twice, with one value", '{"manifest":"a.b.c","manifest":"a.b.c"}', "dubbel_lid"),
    ("twice-other", "A member twice, with two values", '{"manifest":"a.b.c","manifest":"d.e.f"}', "dubbel_lid"),
    ("twice-escaped", "A member twice, once in escapes", '{"also":[],"\\u0061lso":[]}', "dubbel_lid"),
    ("twice-inside", "A member twice, one level down", '{"also":[{"a":1,"a":2}]}', "dubbel_lid"),
    ("number-fraction", "A number with a fraction", '{"a":1.5}', "getal"),
    ("number-fraction-zero", "A whole number with a fraction of zero", '{"a":1.0}', "getal"),
    ("number-exponent", "A number with an exponent", '{"a":1e3}', "getal"),
    ("number-minus-zero", "Minus zero", '{"a":-0}', "getal"),
    ("number-2-53", "2^53, which doubles cannot tell from 2^53 + 1", '{"a":9007199254740992}', "getal"),
    ("number-minus-2-53", "-2^53", '{"a":-9007199254740992}', "getal"),
    ("number-long", "A number of a thousand digits", (('{"a":', 1), ("9", 1000), ("}", 1)), "getal"),
    ("number-nan", "NaN", '{"a":NaN}', "getal"),
    ("number-infinity", "Infinity", '{"a":Infinity}', "getal"),
    ("number-minus-infinity", "-Infinity", '{"a":-Infinity}', "getal"),
    ("surrogate-high", "Half a surrogate pair, the first", '{"a":"\\ud83d"}', "tekst"),
    ("surrogate-low", "Half a surrogate pair, the second", '{"a":"\\ude00"}', "tekst"),
    ("surrogate-name", "Half a surrogate pair in a name", '{"\\ud83d":1}', "tekst"),
    ("surrogate-order", "A surrogate pair in the wrong order", '{"a":"\\ude00\\ud83d"}', "tekst"),
    ("nfd", "An accent in two characters (NFD)", '{"a":"e\u0301"}', "tekst"),
    ("nfd-escaped", "An accent in two characters, in escapes", '{"a":"e\\u0301"}', "tekst"),
    ("nfd-name", "A name that is not in NFC", '{"e\u0301":1}', "tekst"),
    ("nfc-singleton", "A character that NFC replaces (ohm sign)", '{"a":"\u2126"}', "tekst"),
    ("utf8-stray", "A byte that no UTF-8 has", b'{"a":"\xff"}', "tekst"),
    ("utf8-latin1", "Latin-1", '{"a":"\u00e9"}'.encode("latin-1"), "tekst"),
    ("utf8-overlong", "A character in more bytes than it needs", b'{"a":"\xc0\xaf"}', "tekst"),
    ("utf8-surrogate", "A surrogate in UTF-8", b'{"a":"\xed\xa0\xbd"}', "tekst"),
    ("utf8-cut", "A character that is cut off", b'{"a":"\xe2\x82"}', "tekst"),
    ("utf16", "UTF-16 with its mark", b"\xff\xfe{\x00}\x00", "tekst"),
    ("deep-17", "17 levels", "[" * (_DEEP + 1) + "1" + "]" * (_DEEP + 1), "te_diep"),
    ("deep-objects", "17 levels of objects", '{"a":' * (_DEEP + 1) + "1" + "}" * (_DEEP + 1), "te_diep"),
    ("deep-100000", "A hundred thousand levels", (("[", 100_000), ("]", 100_000)), "te_diep"),
    ("nodes", "More than ten thousand values", (("[1", 1), (",1", 9_999), ("]", 1)), "te_groot"),
    ("bytes", "A byte more than two mebibytes", ((STRICT_BASE, 1), (" ", 2 * 1024 * 1024 - 43)), "te_groot"),
)


def base64url() -> Iterator[Case]:
    """Texts that are not base64url in its one form."""
    valid = Case("base64url", "valid-text", "Sixteen bytes", "AAECAwQFBgcICQoLDA0ODw")
    yield valid
    for name, what, text in (
        ("padding", "With padding", "AAECAwQFBgcICQoLDA0ODw=="),
        ("standard", "The alphabet of standard base64", "-_-_".replace("-", "+").replace("_", "/")),
        ("stray-bits", "Bits behind the last byte that are not zero", "AAECAwQFBgcICQoLDA0ODx"),
        ("one-over", "A length that no bytes have", "AAECAwQFBgcICQoLDA0ODwAAA"),
        ("space", "A space inside", "AAEC AwQF"),
        ("line-break", "A line break at the end", "AAECAwQF\n"),
        ("unicode", "A letter of another script that looks like one", "\u0410AECAwQF"),
        ("point", "A point", "AAEC.AwQF"),
    ):
        yield Case("base64url", name, what, text, "base64", base=valid.name)


def envelope() -> Iterator[Case]:
    """What is JSON and no envelope."""
    whole = {"manifest": "a.b.c", "sealed": "{}"}
    valid = Case("envelope", "valid-sealed", "An envelope with a sealed part", written(whole))
    yield valid
    yield Case("envelope", "valid-bare", "An envelope of a manifest alone", '{"manifest":"a.b.c"}')
    rows: list[Row] = [
        ("empty", "No members", lambda _: {}, "bericht_vorm", "/manifest"),
        ("manifest-missing", "The manifest is missing", drop("manifest"), "bericht_vorm", "/manifest"),
        ("manifest-null", "The manifest is null", put("manifest", None), "bericht_vorm", "/manifest"),
        ("manifest-object", "The manifest as an object", put("manifest", {"a": 1}), "bericht_vorm", "/manifest"),
        ("manifest-number", "The manifest is a number", put("manifest", 7), "bericht_vorm", "/manifest"),
        ("manifest-list", "The manifest in a list", put("manifest", ["a.b.c"]), "bericht_vorm", "/manifest"),
        ("sealed-object", "The sealed part as an object", put("sealed", {}), "bericht_vorm", "/sealed"),
        ("sealed-number", "The sealed part is a number", put("sealed", 1), "bericht_vorm", "/sealed"),
        ("sealed-false", "The sealed part is false", put("sealed", False), "bericht_vorm", "/sealed"),
        ("also-text", "A further signature outside a list", put("also", "a.b.c"), "bericht_vorm", "/also"),
        ("also-null", "The list of signatures is null", put("also", None), "bericht_vorm", "/also"),
        ("also-object", "A signature as an object", put("also", [{}]), "bericht_vorm", "/also/0"),
        ("also-number", "A signature that is a number", put("also", ["a", 7]), "bericht_vorm", "/also/1"),
        ("also-five", "Five further signatures", put("also", ["a.b.c"] * 5), "bericht_vorm", "/also"),
        ("unknown", "A member that nobody knows", put("note", "x"), "bericht_vorm", ""),
        ("capital", "The name of a member in capitals", put("Manifest", "a.b.c"), "bericht_vorm", ""),
        ("signature", "A JWS in flattened JSON", put("signature", "x"), "bericht_vorm", ""),
    ]
    yield from changes(valid, whole, rows)
    long = (('{"manifest":"', 1), ("a", 384 * 1024 + 1), ('"}', 1))
    yield Case(
        "envelope", "manifest-long", "A manifest above 384 KiB", long, "bericht_vorm", "/manifest", base=valid.name
    )
