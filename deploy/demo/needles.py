"""What is looked for at the end of a run: the values of the people of the case, in every form they could be left in.

Forms: as they are (UTF-8), as UTF-16LE, as JSON escapes them, each of these in hex (both cases) and in base64 (both
alphabets, at the three offsets a value can have in a longer text), and base64 once more over that, because a sealed
part that was not encrypted would be exactly that: disclosures are base64url of JSON, and the part itself again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from deploy.demo.people import SHORTEST, Person


@dataclass(frozen=True, repr=False)
class Needle:
    """One value of one person. ``whose`` and ``what`` may be shown, ``text`` never."""

    whose: str
    what: str
    text: str


@dataclass(frozen=True, repr=False)
class Pattern:
    """One form of one value, as bytes."""

    needle: Needle
    form: str
    data: bytes


def of_person(whose: str, person: Person) -> tuple[Needle, ...]:
    """Names, birth date, address; what is shorter than six characters is left out."""
    surname = " ".join(filter(None, (person.voorvoegsel, person.geslachtsnaam)))
    house = (f"{person.postcode} {person.huisnummer}", f"{person.postcode}{person.huisnummer}")
    spaced = f"{person.postcode[:4]} {person.postcode[4:]}"
    values = [
        ("geslachtsnaam", person.geslachtsnaam),
        ("voornamen", person.voornamen),
        ("naam", f"{person.voornamen} {surname}"),
        ("naam", f"{person.voornamen} {person.geslachtsnaam}"),
        ("naam", f"{person.geslachtsnaam}, {person.voornamen}"),
        ("geboortedatum", person.geboortedatum),
        ("geboortedatum", person.dutch_date),
        ("geboortedatum", person.geboortedatum.replace("-", "").ljust(8, "0")),
    ]
    if person.postcode:
        values += [("postcode", text) for text in (person.postcode, spaced, *house, f"{spaced} {person.huisnummer}")]
    values.append(("straat", person.straat))
    return tuple(Needle(whose, what, text) for what, text in dict.fromkeys(values) if len(text) >= SHORTEST)


def of_texts(texts: Iterable[str]) -> tuple[Needle, ...]:
    """Free texts that people write in the case."""
    return tuple(Needle("zaak", "vrije tekst", text) for text in dict.fromkeys(texts) if len(text) >= SHORTEST)


def patterns(needles: Iterable[Needle]) -> tuple[Pattern, ...]:
    """Every form of every value, each once."""
    found: dict[bytes, Pattern] = {}
    for needle in needles:
        for form, data in forms(needle.text):
            found.setdefault(data, Pattern(needle, form, data))
    return tuple(found.values())


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Name of the form and its bytes; a form that is the same as an earlier one comes again."""
    escaped = json.dumps(text)[1:-1]
    plain = {"utf-8": text.encode(), "utf-16le": text.encode("utf-16-le"), "json": escaped.encode()}
    for name, data in plain.items():
        yield name, data
        yield f"{name} hex", data.hex().encode()
        yield f"{name} HEX", data.hex().upper().encode()
        for once in cores(data):
            yield f"{name} base64", once
            for twice in cores(once):
                yield f"{name} base64 twice", twice


def cores(data: bytes) -> Iterator[bytes]:
    """What is certain in the base64 of any text that holds ``data``: at three offsets, in both alphabets.

    At an offset the first and last characters also depend on the neighbours; they are left off.
    """
    for offset, encode in product(range(3), (base64.b64encode, base64.urlsafe_b64encode)):
        bits = offset * 8, (offset + len(data)) * 8
        encoded = encode(bytes(offset) + data)
        yield encoded[-(-bits[0] // 6) : bits[1] // 6]
