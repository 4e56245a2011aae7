"""Tables of a Markdown text: by heading, as rows of cells. Knows nothing of packs; no other reader stands between.

A row that has not as many cells as its header is an error, so that a table never loses a column unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


class MarkdownError(ValueError):
    """A heading or a table that is not where it is looked for."""


@dataclass(frozen=True)
class Table:
    """Header and rows; each cell without the white space around it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> int:
        """The number of a column."""
        return self.header.index(name)


@dataclass(frozen=True)
class Documents:
    """The three files that the pack is read against."""

    data_model: str
    rules: str
    wire: str


def documents(shared: Path) -> Documents:
    """The texts themselves."""
    return Documents(
        data_model=(shared / "protocol" / "data-model.md").read_text(encoding="utf-8"),
        rules=(shared / "protocol" / "rules.md").read_text(encoding="utf-8"),
        wire=(shared / "design" / "wire.md").read_text(encoding="utf-8"),
    )


def section(text: str, heading: str) -> str:
    """What stands under the heading that begins with ``heading``, up to the next one of its level or above."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(heading)]
    if len(starts) != 1:
        raise MarkdownError(f"{len(starts)} headings begin with {heading!r}")
    depth = len(heading) - len(heading.lstrip("#"))
    body = lines[starts[0] + 1 :]
    ends = (n for n, line in enumerate(body) if re.match(rf"#{{1,{depth}}} ", line))
    return "\n".join(body[: next(ends, len(body))])


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))


def tables(text: str) -> tuple[Table, ...]:
    """Every table of a text, in order."""
    found: list[Table] = []
    lines = text.splitlines()
    for number, line in enumerate(lines[1:], 1):
        if not re.fullmatch(r"\|(?:\s*:?-+:?\s*\|)+", line.strip()):
            continue
        header, rows = _cells(lines[number - 1]), []
        for row in lines[number + 1 :]:
            if not row.lstrip().startswith("|"):
                break
            cells = _cells(row)
            if len(cells) != len(header):
                raise MarkdownError(f"{len(cells)} cells under {len(header)} columns: {row[:80]}")
            rows.append(cells)
        found.append(Table(header, tuple(rows)))
    return tuple(found)


def table(text: str, first: str) -> Table:
    """The one table whose header begins with ``first``."""
    fitting = [found for found in tables(text) if found.header[0] == first]
    if len(fitting) != 1:
        raise MarkdownError(f"{len(fitting)} tables begin with {first!r}")
    return fitting[0]


def codes(cell: str) -> tuple[str, ...]:
    """What stands between backticks in a cell."""
    return tuple(re.findall(r"`([^`]+)`", cell))


def sentence(text: str, words: str) -> str:
    """``words``, which stand in the text once; the proof that what is typed beside them is still what is said."""
    if " ".join(text.split()).count(words) != 1:
        raise MarkdownError(f"not once in the text: {words!r}")
    return words
