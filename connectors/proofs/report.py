"""What an audit found: what holds, what is wrong, and what could not be checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

TEXTS: Final = {
    "controlepunt_ongeldig": "Het controlepunt is niet ondertekend met de sleutel van dit logboek.",
    "logboek_gekrompen": "Het logboek is korter dan wat deze connector al heeft gezien.",
    "logboek_gespleten": "Het logboek is een ander verhaal dan wat deze connector al heeft gezien.",
    "blad_ontbreekt": "De broker geeft niet alle bladen van het logboek.",
    "wortel_anders": "De bladen leiden niet tot de wortel in het ondertekende controlepunt.",
    "tegel_anders": "Een tegel past niet bij de bladen eronder.",
    "blad_onbekend": "Een blad heeft geen van de twee afgesproken vormen.",
    "besluit_anders": "Een ondertekend besluit van het huis staat anders in het logboek dan de broker het geeft.",
    "besluit_verzwegen": "In het logboek staat een ondertekend besluit dat de broker niet laat zien.",
    "vermelding_anders": "De tekst van een vermelding past niet bij het blad in het logboek.",
    "vermelding_onleesbaar": "Een vermelding heeft niet de afgesproken vorm.",
    "manifest_anders": "Het manifest past niet bij de vermelding.",
    "handtekening_fout": "Het manifest is niet ondertekend met een sleutel die toen gold.",
    "besluit_onterecht": "Volgens het protocol van die dag had deze uitkomst anders moeten zijn.",
    "uitkomst_anders": "De uitkomst in het logboek is een andere dan deze partij te horen kreeg.",
    "plaats_anders": "De vermelding staat op een andere plaats dan eerder is bewezen.",
    "vermelding_verzwegen": "Een bericht uit het eigen register staat niet in het logboek dat de broker geeft.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``index``: in the log. ``what``: an id or a path, never a value."""

    code: str
    index: int | None = None
    what: str | None = None

    @property
    def text(self) -> str:
        """In a sentence."""
        return TEXTS[self.code]


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome. ``unchecked``: what nobody could check here, and why."""

    origin: str
    size: int
    root: str
    held: int
    """The size of the largest tree that the connector held before."""
    records: int
    own_entries: int
    replayed: int
    register: int
    """Messages of the own register that were looked for."""
    problems: tuple[Problem, ...] = ()
    unchecked: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "ok": self.ok,
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "held": self.held,
            "records": self.records,
            "own": self.own_entries,
            "replayed": self.replayed,
            "register": self.register,
            "problems": [
                {"code": one.code, "index": one.index, "what": one.what, "text": one.text} for one in self.problems
            ],
            "unchecked": list(self.unchecked),
        }
