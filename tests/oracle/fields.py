"""The fields of each category (data-model.md 8.6), the triage answer and the caps of free text (8.7).

Rows of one plain form are read; those that are prose (several fields in one cell, a list of objects) are typed here,
each under the very text of its cells, so that a changed document is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from schemas.pack import Pack
from schemas.pack_rows import FieldRow
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import altered, toggled
from tests.oracle.markdown import Documents, codes, section, table

LEVELS = ("B", "I", "S", "D")
Facets = dict[str, Value]
"""What is said of one field: soort, niveau, max, min, mag_ontbreken, and a ``waarde ...`` for each value."""

SANCTIONS = "gevangenisstraf, jeugddetentie, taakstraf, pij, tbs, isd, voorwaardelijk, toezicht, overig"


def _field(kind: str, level: str | None, more: Facets | None = None, *, values: str = "", **facets: Value) -> Facets:
    return (
        {"soort": kind, "niveau": level}
        | facets
        | (more or {})
        | {f"waarde {value.strip()}": True for value in values.split(",") if value.strip()}
    )


RELATION = (
    "`relatie[]`: `ref` (opaque id of a directe_relatie), `soort` enum ouder, kind, partner, ex_partner, broer_zus, "
    "overig_gezinslid, direct_sociaal_contact"
)
REQUESTS = "`soort` enum inzage, rectificatie, beperking, verzet, klacht; `ontvangen_op`; `stand`; `afgehandeld_op`"
STAFF_TEXTS = ("naam", "organisatie", "organisatieaanduiding", "zakelijk_telefoonnummer", "zakelijk_emailadres")
STAFF = "".join(f"`{name}`, " for name in STAFF_TEXTS)
TYPED: dict[tuple[str, str], dict[str, Facets]] = {
    ("`huisletter`, `huisnummertoevoeging`", "str(1), str(4) opt"): {
        "huisletter": _field("text", "I", max=1, mag_ontbreken=True),
        "huisnummertoevoeging": _field("text", "I", max=4, mag_ontbreken=True),
    },
    (RELATION, ""): {  # and of its remark: "In triage only `aantal` + `minderjarigen_aanwezig` (enum) at I"
        "relatie": _field(
            "objects",
            "S",
            {
                "deel ref": "text",
                "deel soort": "enum: broer_zus direct_sociaal_contact ex_partner kind ouder overig_gezinslid partner",
            },
        ),
        "aantal": _field("integer", "I"),
        "minderjarigen_aanwezig": _field("enum", "I"),
    },
    ("`veroordelingen[]`: `jaar`, `thema`, `sanctiesoort`, `onherroepelijk` bool", ""): {
        "veroordelingen": _field(
            "objects",
            "D",
            {
                "deel jaar": "integer",
                "deel thema": "enum: bedreiging drugs geweld huiselijk_geweld overig overlast vermogen wapens zeden",
                "deel sanctiesoort": "enum: " + " ".join(sorted(SANCTIONS.split(", "))),
                "deel onherroepelijk": "boolean",
            },
        ),
    },
    ("`soort_zorg`, `status`, `vanaf`", "enum/date~"): {
        "soort_zorg": _field("enum", "S"),
        "status": _field("enum", "S"),
        "vanaf": _field("partial_day", "S"),
    },
    (STAFF + "`start_betrokkenheid`, `einde_betrokkenheid`", "str/date"): {
        **{name: _field("text", "I") for name in STAFF_TEXTS},
        "start_betrokkenheid": _field("day", "I"),
        "einde_betrokkenheid": _field("day", "I"),
    },
    (STAFF.replace("`zakelijk_t", "`functie_binnen_zvh`, `zakelijk_t").removesuffix(", "), "str"): {
        name: _field("text", "I") for name in (*STAFF_TEXTS, "functie_binnen_zvh")
    },
    (REQUESTS, ""): {
        "soort": _field("enum", None, values="inzage, rectificatie, beperking, verzet, klacht"),
        "ontvangen_op": _field("day", None),
        "stand": _field("enum", None),
        "afgehandeld_op": _field("day", None),
    },
}
"""Rows that are prose, by the text of their cells "Field" and "Type"."""

SECRET = "BRP geheimhoudingPersoonsgegevens / 07.70.10 ≠ 0 ⇒ address withheld by default"
"""The remark beside ``geheim``; the fields of an address stand above it."""

PLAIN: dict[str, tuple[str, Facets]] = {
    "date~": ("partial_day", {}),
    "date": ("day", {}),
    "date~ (month)": ("partial_day", {}),
    "int": ("integer", {}),
    "bool, marker": ("boolean", {}),
    "const true": ("boolean", {"altijd": True}),
    "ref betrokkene": ("subject_ref", {}),
    "contract id": ("term", {}),
    "`^[1-9][0-9]{3}[A-Z]{2}$`": ("postcode", {}),
}


def _type(said: str, *, many: bool, police: str) -> Facets:
    """The facets that a cell "Type" of one plain form tells."""
    optional = said.endswith(" opt")
    said = said.removesuffix(" opt").replace("as police", f"enum {police}").replace("**", "")
    facets: Facets = {"mag_ontbreken": True} if optional else {}
    if text := re.fullmatch(r"str\((\d+)\)(?: E\.164-ish)?", said):
        return _field("text", None, max=int(text[1])) | facets
    if span := re.fullmatch(r"int (\d+)–(\d+)", said):
        return _field("integer", None, min=int(span[1]), max=int(span[2])) | facets
    if said.startswith("enum "):
        return _field("enum_list" if many else "enum", None, values=said.removeprefix("enum ")) | facets
    kind, more = PLAIN[said]
    return _field(kind, None, more) | facets


def _rows(texts: Documents) -> Iterator[tuple[str, str, str, str, str]]:
    """Category, field, type, level and remark; a category written once counts for the rows under it."""
    category = ""
    for name, *rest in table(section(texts.data_model, "### 8.6"), "`categorie`").rows:
        category = name or category
        if not category.startswith("*wgs only*"):
            field, kind, level, remark = rest
            yield category, field, kind, level, remark


def _split(names: int, said: str) -> list[str]:
    return said.split(", ") if names > 1 and len(said.split(", ")) == names else [said] * names


def _of_document(texts: Documents) -> Cells:
    cells: dict[Key, Value] = {}
    police = next(kind for _, field, kind, *_ in _rows(texts) if field == "`thema[]`").removeprefix("enum ")
    for category, field, kind, level, remark in _rows(texts):
        found: dict[str, Facets] = {name: dict(facets) for name, facets in TYPED.get((field, kind), {}).items()}
        if not found:
            names = codes(field)
            for name, said in zip(names, _split(len(names), kind), strict=True):
                bare = name.removesuffix("[]")
                found[bare] = _type(said, many=name != bare, police=police) | {"niveau": level[0]}
                if level == "B (only to disambiguate)":
                    found[bare]["alleen bij twijfel"] = True
                if remark == "**required** for directe_relatie":
                    found[bare]["vereist"] = frozenset({"directe_relatie"})
        if remark.startswith(SECRET):
            withheld = [key for key in cells if key[0] == category and key[2] == "is er"]
            cells |= {(*key[:2], "niet als geheim"): True for key in withheld}
        for one in _categories(category):
            for name, facets in found.items():
                cells |= {(one, name, facet): value for facet, value in facets.items() if value is not None}
                cells[one, name, "is er"] = True
    return cells


def _categories(cell: str) -> tuple[str, ...]:
    return ("politiegegevens_art8", "politiegegevens_art13") if cell == "politiegegevens_art8 / _art13" else (cell,)


def facets_of_pack(pack: Pack, *, message: bool) -> Cells:
    """The same of a pack: of ``bericht``, or of all other categories."""
    cells: dict[Key, Value] = {}
    for category in pack.categories:
        if (category.id == "bericht") != message:
            continue
        for field in category.fields:
            facets = _field(field.type, field.level, values=",".join(field.values), max=field.max, min=field.min)
            facets |= {f"deel {part.name}": _part(part.type, part.values) for part in field.parts}
            facets |= {"is er": True}
            if field.optional:
                facets["mag_ontbreken"] = True
            if field.always:
                facets["altijd"] = True
            if field.disambiguation:
                facets["alleen bij twijfel"] = True
            if field.withheld_if_secret:
                facets["niet als geheim"] = True
            if field.required_for:
                facets["vereist"] = frozenset(field.required_for)
            if message:
                facets |= {f"soort bericht {kind}": True for kind in field.kinds}
            facets |= {
                f"{value} van {who}": True for who, values in field.values_by_capacity.items() for value in values
            }
            for value, implied in field.implies.items():
                facets[f"{value} zegt ook"] = frozenset(implied)
            cells |= {(category.id, field.name, facet): value for facet, value in facets.items() if value is not None}
    return cells


def _part(kind: str, values: tuple[str, ...]) -> str:
    return f"{kind}: {' '.join(sorted(values))}" if values else kind


def _of_pack(pack: Pack) -> Cells:
    return facets_of_pack(pack, message=False)


def _changes(field: FieldRow) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each facet of a field otherwise: its name, and the members that make it so."""
    yield from (("niveau", {"level": level}) for level in LEVELS if level != field.level)
    yield "soort", {"type": "text" if field.type != "text" else "day"}
    yield "max", {"max": (field.max or 7) + 1}
    yield "min", {"min": (field.min or 0) + 1}
    yield "mag_ontbreken", {"optional": not field.optional}
    yield "altijd", {"always": not field.always}
    yield "alleen bij twijfel", {"disambiguation": not field.disambiguation}
    yield "niet als geheim", {"withheld_if_secret": not field.withheld_if_secret}
    yield "vereist", {"required_for": () if field.required_for else ("betrokkene",)}
    for value in (*field.values, "verzonnen"):
        yield f"waarde {value}", {"values": toggled(field.values, value)}
    for part in field.parts:
        yield f"deel {part.name}", {"parts": tuple(other for other in field.parts if other is not part)}
        for value in part.values:
            fewer = part.model_copy(update={"values": toggled(part.values, value)})
            yield f"deel {part.name}", {"parts": tuple(fewer if one is part else one for one in field.parts)}
    for kind in field.kinds:
        yield f"soort bericht {kind}", {"kinds": toggled(field.kinds, kind)}
    for who, values in field.values_by_capacity.items():
        for value in values:
            others = field.values_by_capacity | {who: toggled(values, value)}
            yield f"{value} van {who}", {"values_by_capacity": others}
    for value in field.implies:
        others = {one: told for one, told in field.implies.items() if one != value}
        yield f"{value} zegt ook", {"implies": others}


def flips_of_fields(pack: Pack, *, message: bool) -> Iterator[Flip]:
    """Each facet of each field otherwise, and each field gone."""
    present = facets_of_pack(pack, message=message)
    for category in pack.categories:
        if (category.id == "bericht") != message:
            continue
        for field in category.fields:
            for facet, members in _changes(field):
                fields = tuple(row.model_copy(update=members) if row is field else row for row in category.fields)
                flipped = altered(pack, "categories", category, fields=fields)
                yield Flip(frozenset({(category.id, field.name, facet)}), f"{facet} of {field.name}", flipped)
            gone = frozenset(key for key in present if key[:2] == (category.id, field.name))
            fields = tuple(row for row in category.fields if row is not field)
            flipped = altered(pack, "categories", category, fields=fields)
            yield Flip(gone, f"no {field.name} in {category.id}", flipped)


def _flips(pack: Pack) -> Iterator[Flip]:
    return flips_of_fields(pack, message=False)


FIELDS = Comparison("velden (8.6)", _of_document, _of_pack, _flips)
