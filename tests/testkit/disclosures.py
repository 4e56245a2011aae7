"""Broken disclosures, explanations and values: what is inside a seal once it is open (wire.md "Bytes")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemas import canonical
from schemas.strict import encode_base64url
from tests.testkit import house
from tests.testkit.case import Case, written

_NAME, _DAY = "/geslachtsnaam", "/geboortedatum"


def opened(*parts: Any) -> str:
    """A disclosure of any parts."""
    return encode_base64url(written(list(parts)).encode())


def raw(text: str) -> str:
    """A disclosure of any text."""
    return encode_base64url(text.encode())


def announced(path: str, text: str) -> dict[str, str]:
    """What the manifest says of a disclosure."""
    return {"path": path, "digest": canonical.digest_text(text)}


def disclosures() -> Iterator[Case]:
    """Bytes: the JSON list of disclosures; ``given.fields``: what the manifest announces."""
    salts = house.ref("zout een"), house.ref("zout twee")
    one, two = opened(salts[0], _NAME, "Voorbeeld"), opened(salts[1], _DAY, "2001-02-03")
    fields = [announced(_NAME, one), announced(_DAY, two)]
    valid = Case("disclosure", "valid-two", "Two fields", written([one, two]), given={"fields": fields})
    yield valid
    yield Case("disclosure", "valid-order", "In another order", written([two, one]), given={"fields": fields})

    def row(name: str, what: str, texts: list[str], code: str, at: str | None, rows: Any = None) -> Case:
        return Case(
            "disclosure", name, what, written(texts), code, at, base=valid.name, given={"fields": rows or fields}
        )

    yield row("missing", "A field is announced and not disclosed", [one], "digest_zonder_onthulling", _DAY)
    yield row("none", "No disclosures", [], "digest_zonder_onthulling", _NAME)
    extra = opened(house.ref("zout drie"), "/telefoon", "x")
    yield row(
        "extra", "A field is disclosed and not announced", [one, two, extra], "onthulling_zonder_digest", "/telefoon"
    )
    yield row("twice", "One disclosure twice", [one, two, two], "onthulling_dubbel", _DAY)
    changed = opened(salts[0], _NAME, "Anders")
    yield row("value", "Another value than announced", [changed, two], "onthulling_zonder_digest", _NAME)
    salted = opened(salts[1], _NAME, "Voorbeeld")
    yield row("salt-other", "Another salt than announced", [salted, two], "onthulling_zonder_digest", _NAME)
    spaced = raw(f'["{salts[0]}", "{_NAME}", "Voorbeeld"]')
    yield row("written-anew", "The same, written with spaces", [spaced, two], "onthulling_zonder_digest", _NAME)
    crossed = [announced(_DAY, one), announced(_NAME, two)]
    yield row("path-crossed", "The digests stand at each other's field", [one, two], "pad", _NAME, crossed)
    both = [announced(_NAME, one), announced(_DAY, one)]
    yield row("digest-twice", "One digest at two fields", [one], "digest_dubbel", _DAY, both)
    for name, what, text, code in (
        ("base64", "A disclosure with padding", f"{opened(salts[0], _NAME, 'x')}=", "onthulling"),
        ("plain", "A disclosure that is not encoded", written([salts[0], _NAME, "x"]), "onthulling"),
        ("no-json", "A disclosure that is no JSON", raw("naam"), "onthulling"),
        ("object", "A disclosure that is an object", raw('{"salt":"x"}'), "onthulling"),
        ("two-parts", "A disclosure without a path", opened(salts[0], "Voorbeeld"), "onthulling"),
        ("four-parts", "A disclosure of four parts", opened(salts[0], _NAME, "a", "b"), "onthulling"),
        ("float", "A value with a fraction", raw(f'["{salts[0]}","{_NAME}",1.5]'), "onthulling"),
        ("value-twice", "A member twice in a value", raw(f'["{salts[0]}","{_NAME}",{{"a":1,"a":2}}]'), "onthulling"),
        ("value-nfd", "A value that is not in NFC", opened(salts[0], _NAME, "e\u0301"), "onthulling"),
        ("value-deep", "A value of 17 levels", raw(f'["{salts[0]}","{_NAME}",{"[" * 17}{"]" * 17}]'), "onthulling"),
        ("salt-short", "A salt of 120 bits", opened(house.drawn("kort", 15), _NAME, "x"), "zout"),
        ("salt-long", "A salt of 136 bits", opened(house.drawn("lang", 17), _NAME, "x"), "zout"),
        ("salt-empty", "An empty salt", opened("", _NAME, "x"), "zout"),
        ("salt-number", "A salt that is a number", opened(7, _NAME, "x"), "onthulling"),
        ("salt-stray", "A salt with stray bits", opened("A" * 21 + "B", _NAME, "x"), "onthulling"),
        ("path-number", "A path that is a number", opened(salts[0], 0, "x"), "pad"),
        ("path-bare", "A path without a slash", opened(salts[0], "geslachtsnaam", "x"), "pad"),
        ("path-deep", "A path two levels deep", opened(salts[0], "/a/b", "x"), "pad"),
        ("path-escape", "A path with an escape of JSON Pointer", opened(salts[0], "/a~1b", "x"), "pad"),
    ):
        yield row(name, what, [text, two], code, None, [announced(_NAME, text), fields[1]])


def explanations() -> Iterator[Case]:
    """Bytes: the opening of the explanation; ``given.commitment``: what the manifest committed to."""
    salt = house.ref("zout toelichting")
    opening = opened(salt, "Waarom dit nodig is.")
    given = {"commitment": str(canonical.digest_text(opening))}
    valid = Case("explanation", "valid-text", "The text that was committed to", opening, given=given)
    yield valid
    other = opened(salt, "Iets anders.")
    yield Case("explanation", "other", "Another text", other, "toelichting", base=valid.name, given=given)
    yield Case("explanation", "empty", "No text", "", "toelichting", base=valid.name, given=given)
    for name, what, text, code in (
        ("number", "The explanation is a number", opened(salt, 7), "toelichting"),
        ("null", "The explanation is null", opened(salt, None), "toelichting"),
        ("path", "With a path, as a field has", opened(salt, "/toelichting", "x"), "onthulling"),
        ("bare", "Without a salt", opened("Waarom"), "onthulling"),
        ("salt-short", "A salt of 64 bits", opened(house.drawn("kort", 8), "x"), "zout"),
        ("no-json", "No JSON", raw("Waarom"), "onthulling"),
        ("padding", "With padding", f"{opened(salt, 'x')}==", "onthulling"),
    ):
        committed = {"commitment": str(canonical.digest_text(text))}
        yield Case("explanation", name, what, text, code, base=valid.name, given=committed)


_TEXT = {"name": "naam", "type": "text", "max": 20}
_NUMBER = {"name": "aantal", "type": "integer", "min": 1, "max": 99}
_CHOICE = {"name": "soort", "type": "enum", "values": ["huur", "koop"]}
_CHOICES = {"name": "soorten", "type": "enum_list", "values": ["a", "b", "c"], "max": 2}
_TRUTH = {"name": "vlag", "type": "boolean"}
_DATE = {"name": "dag", "type": "day"}
_PARTIAL = {"name": "geboorte", "type": "partial_day"}
_POSTCODE = {"name": "postcode", "type": "postcode"}
_TERM = {"name": "code", "type": "term"}
_SUBJECT = {"name": "persoon", "type": "subject_ref"}

_GOOD: tuple[tuple[str, dict[str, Any], Any], ...] = (
    ("text", _TEXT, "Voorbeeld"),
    ("integer", _NUMBER, 42),
    ("enum", _CHOICE, "huur"),
    ("enum-list", _CHOICES, ["a", "b"]),
    ("boolean", _TRUTH, True),
    ("day", _DATE, "2024-02-29"),
    ("partial-day", _PARTIAL, "1990-05"),
    ("postcode", _POSTCODE, "1234AB"),
    ("term", _TERM, "een_code"),
    ("subject", _SUBJECT, house.ref("betrokkene")),
)
_BAD: tuple[tuple[str, str, str, Any, str], ...] = (
    ("text-number", "text", "A number where a text belongs", 7, "waarde_type"),
    ("text-null", "text", "null where a text belongs", None, "waarde_type"),
    ("text-empty", "text", "An empty text", "", "waarde_leeg"),
    ("text-blank", "text", "A text of spaces", "   ", "waarde_leeg"),
    ("text-long", "text", "A text above its length", "a" * 21, "waarde_te_lang"),
    ("text-control", "text", "A control character", "a\u0007b", "waarde_tekens"),
    ("text-direction", "text", "A mark that turns the direction of reading", "a\u202eb", "waarde_tekens"),
    ("text-bsn", "text", "A citizen service number (a made-up one)", "123456782", "bsn"),
    ("text-bsn-spaced", "text", "The same, with spaces", "nr 123 456 782", "bsn"),
    (
        "text-bsn-digits",
        "text",
        "The same, in digits of another script",
        "\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff12",
        "bsn",
    ),
    ("integer-text", "integer", "Digits in a text", "42", "waarde_type"),
    ("integer-true", "integer", "true where a number belongs", True, "waarde_type"),
    ("integer-low", "integer", "Below the lowest", 0, "waarde_buiten_bereik"),
    ("integer-high", "integer", "Above the highest", 100, "waarde_buiten_bereik"),
    ("enum-other", "enum", "Not in the list", "bruikleen", "waarde_niet_in_lijst"),
    ("enum-capital", "enum", "In capitals", "Huur", "waarde_niet_in_lijst"),
    ("enum-list", "enum", "A list where one belongs", ["huur"], "waarde_type"),
    ("enum-list-text", "enum-list", "One where a list belongs", "a", "waarde_type"),
    ("enum-list-other", "enum-list", "Not in the list", ["a", "d"], "waarde_niet_in_lijst"),
    ("enum-list-twice", "enum-list", "A choice twice", ["a", "a"], "waarde_dubbel"),
    ("enum-list-long", "enum-list", "More choices than may be", ["a", "b", "c"], "waarde_te_lang"),
    ("boolean-text", "boolean", "true as a text", "true", "waarde_type"),
    ("boolean-number", "boolean", "1 for true", 1, "waarde_type"),
    ("day-order", "day", "A day as it is said", "29-02-2024", "dag_onjuist"),
    ("day-none", "day", "A day that was not there", "2023-02-29", "dag_onjuist"),
    ("day-instant", "day", "An instant", "2024-02-29T00:00:00Z", "dag_onjuist"),
    ("day-partial", "day", "A month where a day belongs", "2024-02", "dag_onjuist"),
    ("day-number", "day", "A number", 20240229, "waarde_type"),
    ("partial-day-month", "partial-day", "A thirteenth month", "1990-13", "dag_onjuist"),
    ("postcode-small", "postcode", "In small letters", "1234ab", "postcode_onjuist"),
    ("postcode-space", "postcode", "With a space", "1234 AB", "postcode_onjuist"),
    ("postcode-zero", "postcode", "A zero in front", "0234AB", "postcode_onjuist"),
    ("term-words", "term", "Words where a code belongs", "Een code", "verwijzing_onjuist"),
    ("subject-name", "subject", "A name where a reference belongs", "Jan", "verwijzing_onjuist"),
    ("subject-null", "subject", "null where a reference belongs", None, "waarde_type"),
)


def values() -> Iterator[Case]:
    """Bytes: the JSON of one value; ``given.field``: the field that it is for, in the words of a pack."""
    fields = {name: field for name, field, _ in _GOOD}
    for name, field, value in _GOOD:
        yield Case("value", f"valid-{name}", f"A value of type {field['type']}", written(value), given={"field": field})
    for name, base, what, value, code in _BAD:
        given = {"field": fields[base]}
        yield Case("value", name, what, written(value), code, base=f"valid-{base}", given=given)
