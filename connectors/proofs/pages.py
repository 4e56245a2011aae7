"""Own entries as the broker serves them, as closed models: claims, bounded before anybody looks into them."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StrictInt, ValidationError

from connectors import LinkError
from connectors.proofs.replay import Entry
from connectors.proofs.report import Problem
from schemas import strict
from schemas.records import Frozen

PAGE: Final = 200
"""How many are asked for at a time."""
PAGE_LIMIT: Final = 64 * 1024 * 1024
_Text = Annotated[str, Field(max_length=strict.COMPACT_LIMIT)]


class EntryLine(Frozen):
    """One entry: where it stands, its body, and its manifest where the broker keeps one."""

    index: Annotated[StrictInt, Field(ge=0)]
    body: _Text
    manifest: _Text | None = None


class EntriesPage(Frozen):
    """Some of them."""

    entries: Annotated[tuple[EntryLine, ...], Field(max_length=1000)]


def read_page(data: bytes, after: int, size: int) -> tuple[list[Entry], list[Problem]]:
    """The entries of a page; those out of order are said and put in order, those beyond ``size`` left alone.

    Raises :class:`LinkError` for another form: something between broker and us answered.
    """
    try:
        page = EntriesPage.model_validate(strict.parse_object(data, PAGE_LIMIT))
    except (strict.StrictError, ValidationError) as error:
        raise LinkError("de broker geeft vermeldingen die niet de afgesproken vorm hebben") from error
    indices = [row.index for row in page.entries]
    problems = []
    if indices != sorted(set(indices)) or (indices and indices[0] <= after):
        problems.append(Problem("volgorde_anders", min(indices)))
    once = {row.index: Entry(row.index, row.body, row.manifest) for row in page.entries if after < row.index < size}
    return [once[index] for index in sorted(once)], problems
