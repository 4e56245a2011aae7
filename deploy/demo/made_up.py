"""People that do not exist, in the form of an LO3 file: what a run uses when it is given no file.

Decides only that the awkward ones are always there: diacritics, prefixes, part dates and unknown ones, secret
addresses, people who share surname and birth date, and people who share all names too. Numbers begin with 9999, which
no real person has; they are no citizen service numbers.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

COLUMNS = (
    *("", "01.01.20", "01.02.10", "01.02.30", "01.02.40", "01.03.10", "01.03.20", "01.04.10", "07.70.10"),
    *("08.11.10", "08.11.20", "08.11.60", "08.11.70"),
)
GIVEN = (
    *("Renée", "Zoë", "Daniëlle", "Søren", "Łucja", "Gülsüm", "Jiří", "Chloé", "Anaïs", "Björn", "Noémie", "Iñaki"),
    *("Willem Jan", "Anna Maria", "Sjoerd", "Fenna", "Hendrikus Johannes", "Aaltje", "Ruben", "Marijke", "Tjeerd"),
    *("Yasmina", "Mehmet", "Agnieszka", "Femke", "Gerrit", "Lieselotte", "Floris Alexander", "Imke", "Jelmer"),
)
PREFIXES = ("", "", "", "van", "de", "van der", "van den", "ten", "'t", "in 't", "von", "op den")
FIRST = (
    *("Zwarte", "Brönde", "Kêrste", "Olden", "Vlëde", "Meeuwe", "Wester", "Schølde", "Höge", "Lange", "Duister"),
    *("Linde", "Rietve", "Zønne", "Bakke", "Klaver", "Dorre", "Wîlge"),
)
LAST = ("kamperts", "houtinga", "veldsema", "broekmans", "mölders", "dijkstera", "horstink", "waardsma", "bergsteyn")
STREET_FIRST = ("Vlasakker", "Turfschip", "Heidebloem", "Hunebed", "Kruidenier", "Wollegras", "Dwarsgracht", "Esdoorn")
STREET_LAST = ("weg", "laan", "hof", "singel", "pad", "kade")
SINGLES = 40
LETTERS = "ABCDEFGHJKLNPRSTVWXZ"


def write_made_up(file: Path, chance: random.Random) -> None:
    """Some fifty people as an LO3 file at ``file`` (UTF-8 with a mark, semicolons)."""
    numbers = chance.sample(range(10_000, 99_999), SINGLES + 20)
    rows = [_row(chance) for _ in range(SINGLES)]
    rows += _sharing(chance, all_names=False) + _sharing(chance, all_names=False)
    rows += _sharing(chance, all_names=True) + _sharing(chance, all_names=True)
    rows[0]["01.03.10"] = rows[0]["01.03.10"][:4] + "0000"
    rows[1]["01.03.10"] = rows[1]["01.03.10"][:6] + "00"
    rows[2]["01.03.10"] = "00000000"
    rows[3]["07.70.10"] = rows[4]["07.70.10"] = str(chance.randint(1, 7))
    chance.shuffle(rows)
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, delimiter=";", restval="")
        writer.writeheader()
        for place, row in enumerate(rows):
            writer.writerow({**row, "": f"Lg01_{place:03}", "01.01.20": f"9999{numbers[place]}"})
            if chance.random() < 0.2:  # an earlier address of the same person: history, nobody else
                writer.writerow({"08.11.10": _street(chance), "08.11.20": str(chance.randint(1, 300))})


def _row(chance: random.Random) -> dict[str, str]:
    born = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    return {
        "01.02.10": chance.choice(GIVEN),
        "01.02.30": chance.choice(PREFIXES),
        "01.02.40": chance.choice(FIRST) + chance.choice(LAST),
        "01.03.10": born.strftime("%Y%m%d"),
        "01.03.20": "0114",
        "01.04.10": chance.choice("MVO"),
        "07.70.10": "0",
        "08.11.10": _street(chance),
        "08.11.20": str(chance.randint(1, 300)),
        "08.11.60": f"{chance.randint(7811, 7828)}{chance.choice(LETTERS)}{chance.choice(LETTERS)}",
        "08.11.70": "Emmen",
    }


def _street(chance: random.Random) -> str:
    return chance.choice(STREET_FIRST) + chance.choice(STREET_LAST)


def _sharing(chance: random.Random, *, all_names: bool) -> list[dict[str, str]]:
    """Three people with one surname and birth date, of whom with ``all_names`` two share the rest of it too."""
    rows = [_row(chance) for _ in range(3)]
    given = chance.sample(GIVEN, 3)
    for row, name in zip(rows, given, strict=True):
        row.update({field: rows[0][field] for field in ("01.02.30", "01.02.40", "01.03.10")}, **{"01.02.10": name})
    if all_names:
        rows[1]["01.02.10"] = rows[0]["01.02.10"]
    return rows
