"""What no pack may say, whatever a house agrees: the few things that the rest of the program and the law lean on.

Data go in a message that has a purpose (3.2), that a human lets go (5.2) and that stands in the register (8). Nothing
is opened before its record is safe, and what narrows is never held up: which way a kind goes is no choice. The citizen
service number and what article 9 of the GDPR calls special, and Bijlage 4 does not name, are never a field (B4-x).
Beside these only slips of the pen: a word twice in a list, a text that says nothing, a category about nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from schemas.pack import Pack
from schemas.pack_references import Fault
from schemas.pack_rows import Kind
from schemas.yaml_text import Path

ALWAYS_FORBIDDEN = (
    "bsn",
    "burgerservicenummer",
    "ras",
    "etniciteit",
    "religie",
    "levensovertuiging",
    "politieke_opvatting",
    "vakbond",
    "seksuele_gerichtheid",
    "genetische_gegevens",
    "biometrische_gegevens",
)
NARROWING = frozenset(
    {
        "ontvangst",
        "minimalisatie_schending",
        "deelname_einde",
        "toestemming_ingetrokken",
        "correctie",
        "beperking",
        "vernietig_opdracht",
        "vernietigd",
    }
)
"""The kinds after which somebody knows or may do less: these work at once, all others wait for their proof."""
_ELSEWHERE = {"values", "where", "cites", "follows"}
"""Lists in which a word that stands twice is reported by the check of that list."""


def slips(pack: Pack) -> Iterator[Fault]:
    """A word twice in one list, texts of nothing but spaces, and categories about nobody."""
    yield from _slips(pack, ())
    for index, row in enumerate(pack.categories):
        if not row.subjects:
            yield ("categories", index, "subjects"), f"`{row.id}` is about nobody; name its categories of persons"


def _slips(model: BaseModel, path: Path) -> Iterator[Fault]:
    for name, field in type(model).model_fields.items():
        here: Path = (*path, field.alias or name)
        value = getattr(model, name)
        values = value if isinstance(value, tuple) else (value,)
        for index, one in enumerate(values):
            place = (*here, index) if isinstance(value, tuple) else here
            if isinstance(one, BaseModel):
                yield from _slips(one, place)
            elif isinstance(one, str) and not one.strip():
                yield place, "no text stands here; write one"
            elif isinstance(one, str) and name not in _ELSEWHERE and one in values[:index]:
                yield place, f"`{one}` stands twice; keep one"


def guards(pack: Pack) -> Iterator[Fault]:
    """Messages with data go as data must, and no field can have a name that is never one."""
    for index, kind in enumerate(pack.kinds):
        yield from ((("kinds", index, member), text) for member, text in _with_data(kind))
        if kind.direction != (direction := "narrows" if kind.id in NARROWING else "widens"):
            yield ("kinds", index, "direction"), f"`{kind.id}` {direction}; that is no choice of a pack"
    for name in ALWAYS_FORBIDDEN:
        if name not in pack.forbidden_fields:
            yield ("forbidden_fields",), f"`{name}` is missing; no pack may have such a field (B4-x), add it"


def _with_data(kind: Kind) -> Iterator[tuple[str, str]]:
    if kind.items == "none":
        return
    if kind.purposes != "required":
        yield "purposes", f"`{kind.id}` carries items, so `purposes` is required: no data without a purpose (3.2)"
    if not kind.registered:
        yield (
            "registered",
            f"`{kind.id}` carries items, so `registered` is true: a provision stands in the register (8)",
        )
    if not kind.approval:
        yield "approval", f"`{kind.id}` carries items, so `approval` is true: a human lets data go (5.2)"
    if kind.items == "ceiling" and kind.reply != "required":
        yield "items", f"`{kind.id}` fills a ceiling, so it replies to the question that has it: `reply` is required"
