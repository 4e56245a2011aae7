"""``docs/voorbeelden.md``: the examples of the pack as a page for an fg, with a table of contents per rule."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.examples.features import Chapter, Example, Heading, Step

PAGE = "docs/voorbeelden.md"
INTRO = """# Voorbeelden bij de regels

Wat het protocol toestaat en wat niet, in voorbeelden. Elk voorbeeld is een test: het programma beslist er zelf over,
met het echte protocolpakket, telkens als er iets verandert. Klopt een voorbeeld niet meer, dan slaagt de test niet.

**Hoe u dit leest.** Tenzij een voorbeeld iets anders zegt, is alles in orde: de organisaties zijn toegetreden en
hebben hun mensen tot geheimhouding verplicht, de betrokkene is geïnformeerd, wie gegevens verstrekte gaf akkoord op
het gebruik, de grondslag klopt, en onder een beroepsgeheim is er toestemming. Bij elk geweigerd voorbeeld hoort een
toegestaan voorbeeld dat er op één punt van verschilt. Een weigering noemt elke regel die in de weg staat, en zegt de
afzender wat hij kan doen. Alle organisaties en personen zijn verzonnen.

Deze pagina is gemaakt uit de bestanden in [`examples/`](../schemas/packs/zvh-protocol-2019/examples), met `make docs`.
Hoe ver elke regel is uitgevoerd, staat in [protocol-coverage.md](protocol-coverage.md) (Engels).
"""


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")


def _count(heading: Heading, *, allowed: bool) -> int:
    return sum(example.allowed == allowed for example in heading.examples)


def _contents(chapters: Iterable[Chapter]) -> str:
    lines = ["## Inhoud", "", "| regel | waarover | toegestaan | geweigerd |", "|---|---|---|---|"]
    for chapter in chapters:
        for heading in chapter.headings:
            name = heading.name.rpartition(" (")[0]
            lines.append(
                f"| {', '.join(heading.rules)} | [{name}](#{slug(heading.name)}) "
                f"| {_count(heading, allowed=True)} | {_count(heading, allowed=False)} |"
            )
    return "\n".join(lines) + "\n"


def _told(steps: Iterable[Step]) -> Iterable[Step]:
    """A background and an example that both begin with Gegeven read as one."""
    before = ""
    for word, text in steps:
        yield ("En" if word == before == "Gegeven" else word), text
        before = word if word not in {"En", "Maar"} else before


def _example(example: Example) -> str:
    mark = "✓ toegestaan" if example.allowed else "✗ geweigerd"
    steps = [f"> **{word}** {text}" for word, text in _told((*example.situation, *example.verdict))]
    return f"**{mark}: {example.name}**\n\n" + "  \n".join(steps) + "\n"


def _chapter(chapter: Chapter) -> str:
    parts = [f"## {chapter.name}\n", f"{chapter.about}\n"]
    for heading in chapter.headings:
        parts += [f"### {heading.name}\n", *map(_example, heading.examples)]
    return "\n".join(parts)


def page(chapters: tuple[Chapter, ...]) -> str:
    """The whole page."""
    return "\n".join([INTRO, _contents(chapters), *map(_chapter, chapters)])
