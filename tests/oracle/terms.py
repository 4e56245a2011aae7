"""How long: the terms that rules.md and data-model.md name, each in the words that give it."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.pack import Pack
from tests.oracle.cells import Cells, Comparison, Flip, Key, Value
from tests.oracle.flipping import altered, replaced
from tests.oracle.markdown import Documents, sentence

FOUR_WEEKS = (4, "weeks")
SAID: dict[str, tuple[str, str, tuple[int, str]]] = {
    "overdracht": ("rules", "at the latest after the pack's term (30 days)", (30, "days")),
    "archivering": ("rules", "Six months after: archived", (6, "months")),
    "vernietiging": ("rules", "At the latest one year after: destroyed", (1, "years")),
    "uitstel_ten_hoogste": ("data_model", "(11.4: up to one more, with reason)", (1, "years")),
    "wissen_na_afwijzing": ("rules", "refused (advice to the notifier, data erased)", (0, "days")),
    "sturingscijfers": ("rules", "only without personal data, and only for a year", (1, "years")),
    "register_om": ("rules", "OM (art. 39j Wjsg, four years)", (4, "years")),
    "melding_aan_manager": ("rules", "within 24 hours of knowing", (24, "hours")),
    "melding_aan_toezichthouder": ("rules", "Notice to the authority within 72 hours", (72, "hours")),
    "consultatie": ("rules", "the FGs' 14 days of consultation", (14, "days")),
    "antwoord_inzage": ("rules", "identity verified in person, four weeks", FOUR_WEEKS),
    "antwoord_correctie": ("data_model", "4-week timer (P 18.2, 19.4, 20.4, 21.4)", FOUR_WEEKS),
    "antwoord_beperking": ("data_model", "4-week timer (P 18.2, 19.4, 20.4, 21.4)", FOUR_WEEKS),
    "antwoord_verzet": ("rules", "objection: decided within four weeks", FOUR_WEEKS),
    "lijst_verwerkers": ("rules", "approval by the manager and a yearly check", (1, "years")),
}
"""Term -> the file, its words, and how long."""


def _of_document(texts: Documents) -> Cells:
    for file, words, _ in SAID.values():
        sentence(getattr(texts, file), words)
    return {(name,): long for name, (_, _, long) in SAID.items()}


def _of_pack(pack: Pack) -> Cells:
    found: dict[Key, Value] = {(row.id,): (row.amount, row.unit) for row in pack.terms}
    return found


def _flips(pack: Pack) -> Iterator[Flip]:
    for row in pack.terms:
        key = frozenset({(str(row.id),)})
        yield Flip(key, f"{row.id} longer", altered(pack, "terms", row, amount=row.amount + 1))
        other = "days" if row.unit != "days" else "years"
        yield Flip(key, f"{row.id} in {other}", altered(pack, "terms", row, unit=other))
        yield Flip(key, f"no {row.id}", replaced(pack, "terms", row, ()))


TERMS = Comparison("termijnen", _of_document, _of_pack, _flips)
