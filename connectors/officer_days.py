"""The days that lie before a record: DPIA and consultation before a pack (15.1), secrecy and screening (13.1-13.3).

Decides nothing that the kernel does not decide again on every message; here the officers hear it before they sign, with
the day on which it works. Where the pack is not known here, the terms of the protocol itself count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from connectors import UseError
from schemas.ids import Day
from schemas.pack import Pack
from schemas.records import Frozen
from schemas.yaml_text import Document, YamlError

Reference = Annotated[str, Field(min_length=3, max_length=120)]
CONSULTATION_DAYS = 14
"""What the fgs have for their advice (15.1)."""
SCREENING_DAYS = 1095
"""How old a certificate of conduct or screening may be (13.3): three years."""


class PreparedForm(Frozen):
    """What comes before a pack is in force (15, 28); ``consulted``: the day on which the fgs were given it."""

    dpia: Reference
    consulted: Day
    decision: Reference


class DeclaredForm(Frozen):
    """Secrecy and screening of the people who see the data (13.1-13.3)."""

    declared: Day
    screened: Day


ASKED = {
    "dpia": "de verwijzing naar de DPIA, die er eerst is (15.1)",
    "consulted": "de dag waarop de fg's de beschrijving kregen (JJJJ-MM-DD); zij hebben 14 dagen (15.1)",
    "decision": "de verwijzing naar het besluit van de stuurgroep (28)",
    "declared": "de dag waarop is verklaard dat ieder die de gegevens ziet tot geheimhouding verplicht is (13.1, 13.2)",
    "screened": "de oudste VOG of screening van de mensen die de gegevens zien (JJJJ-MM-DD, 13.3)",
}
"""What each of these members is, for whoever left it out or wrote it wrongly."""


def explained(error: YamlError) -> str:
    """The faults of a form, line by line, with what is asked where one of :data:`ASKED` is at fault."""
    return "\n".join(_explained(f"{one.file}:{one.line}: {one.text}") for one in error.all)


def _explained(line: str) -> str:
    told = next((text for name, text in ASKED.items() if f"`{name}`:" in line), None)
    return f"{line} - {told}" if told else line


def _refuse(document: Document, member: str, text: str) -> None:
    raise UseError(str(document.error((member,), f"`{member}`: {text}")))


def check_prepared(given: PreparedForm, since: datetime, pack: Pack | None, now: datetime, document: Document) -> None:
    """The fgs had their days before the pack is in force. Raises :class:`UseError` with the first day that works."""
    days = pack.limits.consultation_days if pack else CONSULTATION_DAYS
    first = given.consulted + timedelta(days=days)
    if given.consulted > now.date():
        _refuse(document, "consulted", f"{given.consulted} ligt in de toekomst; geef de dag waarop de fg's het kregen")
    if since.date() < first:
        _refuse(
            document,
            "consulted",
            f"de fg's kregen de beschrijving op {given.consulted} en hebben {days} dagen (15.1);"
            f" de eerste dag waarop dit kan ingaan is {first}, dit begint op {since.date()}",
        )


def check_declared(given: DeclaredForm, since: datetime, pack: Pack | None, now: datetime, document: Document) -> None:
    """Declared, and screened no longer ago than the pack allows. Raises :class:`UseError` with the day that works."""
    days = pack.limits.screening_days if pack else SCREENING_DAYS
    for member, day in (("declared", given.declared), ("screened", given.screened)):
        if day > now.date():
            _refuse(document, member, f"{day} ligt in de toekomst; vul in wat er al is, met zijn eigen dag")
    if since.date() < given.declared:
        _refuse(document, "declared", f"de verklaring is van {given.declared}; dit kan niet ingaan voor die dag (13.1)")
    oldest = since.date() - timedelta(days=days)
    if given.screened < oldest:
        _refuse(
            document,
            "screened",
            f"{given.screened} is ouder dan {days} dagen op de dag dat dit ingaat (13.3);"
            f" laat opnieuw screenen: de oudste mag van {oldest} zijn",
        )
