"""One value against the field that it is for: type, length, list, date (data-model.md 8.6). Pure and total."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date

from schemas.bsn import holds_bsn
from schemas.ids import Identifier, IdError, SubjectRef, Term
from schemas.pack import Pack
from schemas.pack_rows import FieldPart, FieldRow
from schemas.rules.minimisation import forbidden
from schemas.strict import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_LIST_LIMIT = 60
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that make a text read otherwise than it is stored."""

AnyField = FieldRow | FieldPart


def wrong_text(value: Json, most: int) -> str | None:
    """The code of what is wrong with a free text of at most ``most`` characters, or None."""
    if not isinstance(value, str):
        return "waarde_type"
    if not value.strip():
        return "waarde_leeg"
    if len(value) > most:
        return "waarde_te_lang"
    if any((unicodedata.category(c) == "Cc" and c != "\n") or c in _DIRECTIONS for c in value):
        return "waarde_tekens"
    return None


def _text(field: AnyField, value: Json) -> str | None:
    return wrong_text(value, field.max or 200)


def _integer(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "waarde_type"
    in_range = (field.min or 0) <= value and (field.max is None or value <= field.max)
    return None if in_range else "waarde_buiten_bereik"


def _enum(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, str):
        return "waarde_type"
    return None if value in field.values else "waarde_niet_in_lijst"


def _enum_list(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
        return "waarde_type"
    if not set(value) <= set(field.values):
        return "waarde_niet_in_lijst"
    if len(set(value)) != len(value):
        return "waarde_dubbel"
    return None if len(value) <= (field.max or _LIST_LIMIT) else "waarde_te_lang"


def _boolean(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, bool):
        return "waarde_type"
    return "waarde_niet_in_lijst" if isinstance(field, FieldRow) and field.always and not value else None


def _real(text: str) -> bool:
    year, month, day = ([int(part) for part in text.split("-")] + [1, 1])[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, str):
        return "waarde_type"
    form = _DAY if field.type == "day" else _PARTIAL
    return None if form.fullmatch(value) and _real(value) else "dag_onjuist"


def _postcode(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, str):
        return "waarde_type"
    return None if _POSTCODE.fullmatch(value) else "postcode_onjuist"


def _objects(field: AnyField, value: Json) -> str | None:
    if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
        return "waarde_type"
    if len(value) > (field.max or _LIST_LIMIT):
        return "waarde_te_lang"
    parts: dict[str, FieldPart] = {part.name: part for part in field.parts} if isinstance(field, FieldRow) else {}
    must = {name for name, part in parts.items() if not part.optional}
    for element in value:
        members = element if isinstance(element, dict) else {}
        for name, inner in members.items():
            part = parts.get(name)
            code = "veld_onbekend" if part is None else wrong_value(part, inner)
            if code:
                return code
        if must - members.keys():
            return "waarde_onvolledig"
    return None


def _id(form: type[Identifier]) -> Callable[[AnyField, Json], str | None]:
    def wrong(_: AnyField, value: Json) -> str | None:
        if not isinstance(value, str):
            return "waarde_type"
        try:
            form(value)
        except IdError:
            return "verwijzing_onjuist"
        return None

    return wrong


_BY_TYPE: dict[str, Callable[[AnyField, Json], str | None]] = {
    "text": _text,
    "integer": _integer,
    "enum": _enum,
    "enum_list": _enum_list,
    "boolean": _boolean,
    "day": _day,
    "partial_day": _day,
    "postcode": _postcode,
    "objects": _objects,
    "term": _id(Term),
    "subject_ref": _id(SubjectRef),
}


def wrong_value(field: AnyField, value: Json) -> str | None:
    """The code of what is wrong with a value for its field, or None. Codes never hold a part of the value."""
    return _BY_TYPE[field.type](field, value)


def leaves(value: Json) -> Iterator[str]:
    """Every text and number inside a value, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def names(value: Json) -> Iterator[str]:
    """Every member name inside a value."""
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


def never_allowed(pack: Pack, value: Json, *, dated: bool = False) -> str | None:
    """The code where a value holds a BSN or a forbidden member (B4-x). ``dated``: a valid date needs no look."""
    if not dated and any(holds_bsn(text) for text in leaves(value)):
        return "bsn"
    return "verboden_veld" if any(forbidden(pack, name) for name in names(value)) else None
