"""Broken manifests: what no member, ground, item or sealed part may look like (wire.md "Manifest")."""

from __future__ import annotations

from collections.abc import Iterator

from tests.testkit.case import Case, changes, written
from tests.testkit.manifest_rows import CEILING, GROUNDS, ITEMS, MEMBERS, WHOLE
from tests.testkit.messages import ceiling, exact


def manifests() -> Iterator[Case]:
    """Every member, a ground, an item, the sealed part, and what goes together."""
    valid = Case("manifest", "valid-exact", "A notification with one item", written(exact()))
    yield valid
    yield from changes(valid, exact(), [*MEMBERS, *GROUNDS, *ITEMS, *WHOLE])
    text = written(exact())
    for name, what, data, code in (
        ("no-json", "The payload is no JSON", text[:-1], "geen_json"),
        ("list", "The payload is a list", f"[{text}]", "geen_object"),
        ("kind-twice", "The kind twice", text[:-1] + ',"kind":"ontvangst"}', "dubbel_lid"),
        (
            "item-twice",
            "A member of an item twice",
            text.replace('"level":"S"', '"level":"S","level":"D"'),
            "dubbel_lid",
        ),
        ("ground-fraction", "An index with a fraction", text.replace('"ground":0', '"ground":0.0'), "getal"),
        ("bucket-exponent", "A bucket as 4096e0", text.replace('"bucket":4096', '"bucket":4096e0'), "getal"),
        ("phase-nfd", "A phase that is not in NFC", text.replace('"phase":"aan', '"phase":"a\u0301an'), "tekst"),
        ("latin-1", "A byte that no UTF-8 has", text.encode().replace(b"gesprek", b"\xff") + b"\xff", "tekst"),
    ):
        yield Case("manifest", name, what, data, code, base=valid.name)
    long = ((text, 1), (" ", 384 * 1024))
    yield Case("manifest", "long", "A payload above 384 KiB", long, "te_groot", base=valid.name)
    answer = Case("manifest", "valid-ceiling", "An answer under a ceiling", written(ceiling()))
    yield answer
    yield from changes(answer, ceiling(), CEILING)
