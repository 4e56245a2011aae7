"""The pages of a pack as one HTML document that an fg reads on a screen and prints on A4.

Self-contained: no script, no image, no address of another file. Made as a tree of elements, so that every text is
escaped by the library that writes the tree. Headings, captions and scopes follow WCAG 2.2 (1.3.1, 1.4.3, 2.4.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET  # only written, nothing is parsed

from schemas.pack import Pack
from schemas.pack_pages import (
    FUNCTION_WORDS,
    LEVEL_WORDS,
    GeneralPage,
    KindPage,
    PartyLine,
    PhasePage,
    Providing,
    PurposeLine,
    Source,
    TermLine,
    Withheld,
)
from schemas.pack_text import (
    CONDITIONS,
    Joined,
    Notes,
    by_basis,
    common_purposes,
    decides,
    joined,
    named,
    only_from,
    persons,
    purposes,
    sent_to,
)

_CSS = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem; background: #fff; color: #1a1a1a;
  font: 1rem/1.5 "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 3rem 0 .5rem; padding-top: .75rem; border-top: 4px solid #154273; }
h3 { font-size: 1.2rem; margin: 2rem 0 .5rem; color: #154273; }
h4 { font-size: 1rem; margin: 1.25rem 0 .35rem; }
p { margin: .35rem 0; max-width: 60rem; }
a { color: #0b4a8f; }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid #0b4a8f; outline-offset: 2px; }
code { font-family: "DejaVu Sans Mono", Consolas, monospace; font-size: .86em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: .5rem 0 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
ul { margin: 0; padding-left: 1.1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .35rem 0 1rem; font-size: .9rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding: .35rem 0; }
th, td { border: 1px solid #767676; padding: .4rem .55rem; text-align: left; vertical-align: top; }
thead th { background: #e3ebf4; }
tbody th { font-weight: 600; }
table.may th:nth-child(1) { width: 20%; } table.may th:nth-child(2) { width: 16%; }
table.may th:nth-child(4), table.who th:nth-child(3) { width: 13%; } table.who th:nth-child(1) { width: 20%; }
table.not th:nth-child(2) { width: 18%; } table.not th:nth-child(3) { width: 11%; }
.notes { max-width: 62rem; font-size: .92em; } .notes li { margin: .2rem 0; padding-left: .3rem; }
.notes li:target { background: #fff6e8; }
.own { display: inline-block; border: 1px solid #7a3e00; border-radius: .2rem; padding: 0 .3rem; color: #7a3e00;
  background: #fff6e8; font-size: .82em; font-weight: 600; white-space: nowrap; }
.must { font-weight: 600; color: #8a0000; }
.quiet { color: #4a4a4a; }
@page { size: A4 landscape; margin: 14mm 12mm 16mm;
  @bottom-right { content: "bladzijde " counter(page) " van " counter(pages); font-size: 8pt; color: #4a4a4a; } }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.35; }
  h2 { break-before: page; margin-top: 0; } h2.front { break-before: auto; margin-top: .6rem; }
  h2, h3, h4, h3 + p, dl, caption, thead { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  h3 { margin: 1rem 0 .3rem; } h4 { margin: .6rem 0 .2rem; } p, dl { margin: .2rem 0 .4rem; }
  table { font-size: 8pt; line-height: 1.3; margin-bottom: .5rem; } th, td { padding: .2rem .4rem; }
  thead { display: table-header-group; }
  tr, dl { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  .wide { overflow: visible; }
}
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(pack: Pack, pages: Sequence[PhasePage], general: GeneralPage | None = None) -> str:
    """The pages as one document; ``general`` comes last."""
    root = ET.Element("html", lang="nl")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    _add(head, "title", f"{pack.label.nl}: wat er mag")
    _add(head, "style", _CSS)
    main = ET.SubElement(ET.SubElement(root, "body"), "main")
    _front(main, pack, pages, general)
    for one in pages:
        _phase(main, one, _Notes(one.phase), whole=general is None)
    if general:
        _general(main, general, _Notes("elke-fase"))
    return f"<!DOCTYPE html>\n{ET.tostring(root, encoding='unicode', method='html')}\n"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    """One element with a text."""
    found = ET.SubElement(parent, tag, {name.rstrip("_"): value for name, value in attributes.items()})
    found.text = text or None
    return found


def _then(parent: ET.Element, text: str) -> None:
    """Text after what the parent holds already."""
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _front(main: ET.Element, pack: Pack, pages: Sequence[PhasePage], general: GeneralPage | None) -> None:
    _add(main, "h1", pack.label.nl)
    _add(
        main, "p", "Wat er per fase mag worden gevraagd en gegeven, over wie, door wie, op welke grondslag en hoeveel."
    )
    facts = _add(main, "dl")
    for term, words in (("Pakket", pack.id), ("Versie", pack.version), ("Vingerafdruk", pack.digest)):
        _add(facts, "dt", term)
        _add(_add(facts, "dd"), "code", words)
    _add(
        main,
        "p",
        "De vingerafdruk staat in elk bericht dat onder dit pakket gaat, en in het besluit dat het laat gelden.",
    )
    listed = _add(_add(main, "nav", **{"aria-label": "Inhoud"}), "ul")
    for one in pages:
        _add(_add(listed, "li"), "a", f"Fase {one.phase}", href=f"#fase-{one.phase}")
    if general:
        _add(_add(listed, "li"), "a", "In elke fase: partijen, termijnen, getallen", href="#elke-fase")
    _add(main, "h2", "Zo leest u dit", class_="front")
    _add(main, "p", "Wat hier niet staat, mag niet. Een niveau is een bovengrens: minder mag altijd.")
    reading = _add(main, "p")
    _add(reading, "span", "eigen lezing", class_="own")
    _then(reading, " met een nummer staat bij wat niet letterlijk in het protocol staat. Onder elke fase leest u wat ")
    _then(reading, "ervan is gemaakt, en waarom.")
    body = _table(main, "Niveaus, van weinig naar veel", ("Niveau", "Betekenis"))
    for level, words in LEVEL_WORDS.items():
        row = _add(body, "tr")
        _add(row, "th", level, scope="row")
        _add(row, "td", words)
    body = _table(main, "Wie wie is", ("Wie", "Betekenis"))
    for short, meaning in FUNCTION_WORDS.values():
        row = _add(body, "tr")
        _add(row, "th", short, scope="row")
        _add(row, "td", meaning)
    body = _table(main, "Woorden achter een partij", ("Woord", "Betekenis"))
    for word, meaning in CONDITIONS.items():
        row = _add(body, "tr")
        _add(row, "th", word, scope="row")
        _add(row, "td", meaning)


def _table(parent: ET.Element, caption: str, headings: Iterable[str], form: str = "plain") -> ET.Element:
    """A table with its caption and headings; returns where rows go."""
    region = _add(parent, "div", class_="wide", tabindex="0", role="region", **{"aria-label": caption})
    table = _add(region, "table", class_=form)
    _add(table, "caption", caption)
    top = _add(_add(table, "thead"), "tr")
    for heading in headings:
        _add(top, "th", heading, scope="col")
    return _add(table, "tbody")


class _Notes(Notes):
    """Readings with an anchor each: a number in a table leads to its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page

    def source(self, parent: ET.Element, source: Source) -> None:
        """An article, and the mark of a reading with its number."""
        _then(parent, f"artikel {source.article}" if source.article else "geen artikel")
        if number := self.number(source):
            _then(parent, " ")
            _add(parent, "a", f"eigen lezing {number}", class_="own", href=f"#{self.page}-lezing-{number}")

    def listed(self, main: ET.Element, title: str) -> None:
        """All of them, at the end of the page."""
        if found := [*self]:
            _add(main, "h3", title)
            body = _add(main, "ol", class_="notes")
            for number, reading in found:
                _add(body, "li", reading, id=f"{self.page}-lezing-{number}")


def _named(row: ET.Element, label: str, id_: str) -> None:
    """The heading of a row: what it is called, and its id."""
    cell = _add(row, "th", label, scope="row")
    _add(cell, "br")
    _add(cell, "code", id_, class_="quiet")


def _phase(main: ET.Element, one: PhasePage, notes: _Notes, *, whole: bool) -> None:
    _add(main, "h2", f"Fase {one.phase}", id=f"fase-{one.phase}")
    _add(main, "p", one.label)
    facts = _add(main, "dl")
    _add(facts, "dt", "Bron")
    notes.source(_add(facts, "dd"), one.source)
    if one.minimisation:
        _add(facts, "dt", "Hoe weinig")
        _add(facts, "dd", f"artikel {one.minimisation}")
    _add(facts, "dt", "Hierna")
    _add(facts, "dd", ", ".join(one.next) or "niets")
    body = _table(main, f"Doelen in de fase {one.phase}", ("Doel", "Gegevens van een ander doel", "Bron"))
    for line in one.purposes:
        _purpose(body, line, notes)
    if one.providing:
        _add(main, "h3", "Wie mag wat verstrekken")
        headings = ("Gegevens", "Wie, op welke grondslag", "Bron")
        body = _table(main, f"Wie in de fase {one.phase} wat mag verstrekken, op welke grondslag", headings, "who")
        for provided in one.providing:
            _providing(body, provided, notes)
    for kind in one.kinds:
        _kind(main, kind, one, notes)
    if one.withheld:
        _add(main, "h3", "Er gaan in deze fase geen gegevens")
        _withheld(main, f"Wat in de fase {one.phase} niet mag", one.withheld, notes)
    others = [kind for kind in one.other_kinds if whole or not kind.everywhere]
    if others:
        _others(main, f"Berichten zonder persoonsgegevens in de fase {one.phase}", others, notes)
    notes.listed(main, f"Eigen lezingen in de fase {one.phase}")


def _others(main: ET.Element, title: str, kinds: Iterable[KindPage], notes: _Notes) -> None:
    _add(main, "h3", title)
    headings = ("Bericht", "Van", "Aan", "Wie beslist", "Geldig ten hoogste", "Bron")
    body = _table(main, title, headings)
    for kind in kinds:
        _other(body, kind, notes)


def _providing(body: ET.Element, line: Providing, notes: _Notes) -> None:
    row = _add(body, "tr")
    _named(row, line.label, line.category)
    cell = _add(row, "td")
    if line.consent:
        _add(cell, "div", "Alleen met toestemming of een vastgelegde uitzondering (7.2).", class_="must")
    for basis, same in by_basis(line.givers):
        block = _add(cell, "div")
        _add(block, "b", f"{basis}: ")
        _then(block, f"{named(same)}.")
    notes.source(_add(row, "td"), line.source)


def _purpose(body: ET.Element, line: PurposeLine, notes: _Notes) -> None:
    row = _add(body, "tr")
    _named(row, line.label, line.purpose)
    cell = _add(row, "td")
    if line.same:
        _add(cell, "div", f"Telt als één doel met {', '.join(line.same)}.")
    if line.follows:
        _add(cell, "div", f"Met akkoord van de verstrekker ook gegevens van: {', '.join(line.follows)}.")
    if not line.same and not line.follows:
        cell.text = "Niet."
    notes.source(_add(row, "td"), line.source)


def _kind(main: ET.Element, kind: KindPage, one: PhasePage, notes: _Notes) -> None:
    heading = _add(main, "h3", "Bericht ")
    _add(heading, "code", kind.kind)
    _add(main, "p", kind.label)
    facts = _add(main, "dl")
    lines = [("Van", " of ".join(kind.senders)), ("Aan", sent_to(kind))]
    lines += [("Antwoord", kind.replies)] if kind.replies else []
    usual = common_purposes(kind.allowed)
    lines += [
        ("Wie beslist", decides(kind)),
        ("Geldig", f"ten hoogste {kind.valid}; wat dan niet is opgehaald, is weg"),
        ("In het register", "ja, als verstrekking" if kind.registered else "nee"),
        ("Voor", f"{purposes(usual)}, tenzij in de tabel iets anders staat"),
    ]
    for term, words in lines:
        _add(facts, "dt", term)
        _add(facts, "dd", words)
    _add(facts, "dt", "Bron")
    notes.source(_add(facts, "dd"), kind.source)
    _add(main, "h4", "Dit mag erin, en niet meer")
    headings = ("Gegevens", "Over wie", "Ten hoogste", "Bron")
    body = _table(main, f"Wat er in {kind.kind} mag, fase {one.phase}", headings, "may")
    for found in joined(kind.allowed):
        _allowed(body, found, usual, one, notes)
    if kind.withheld:
        _add(main, "h4", "Dit mag er niet in")
        _withheld(main, f"Wat er niet in {kind.kind} mag, fase {one.phase}", kind.withheld, notes)


def _allowed(body: ET.Element, found: Joined, usual: Sequence[str], page: PhasePage, notes: _Notes) -> None:
    one, row = found.row, _add(body, "tr")
    _named(row, one.label, one.category)
    _add(row, "td", persons(found.subjects))
    most = _add(row, "td")
    _add(most, "b", f"niveau {one.level}: ")
    _then(most, f"{'; '.join(one.fields)}.")
    if one.purposes != usual:
        _add(most, "div", f"Alleen voor {purposes(one.purposes)}.", class_="must")
    if said := only_from(one, page):
        _add(most, "div", f"Alleen van {said}.", class_="must")
    if one.consent:
        _add(most, "div", "Alleen met toestemming of een vastgelegde uitzondering (7.2).", class_="must")
    sources = _add(row, "td")
    for source in found.sources:
        notes.source(_add(sources, "div"), source)


def _withheld(main: ET.Element, caption: str, rows: Iterable[Withheld], notes: _Notes) -> None:
    body = _table(main, caption, ("Gegevens", "Over wie", "Bron"), "not")
    for one in rows:
        row = _add(body, "tr")
        _add(row, "th", "; ".join(one.labels), scope="row")
        _add(row, "td", persons(one.subjects))
        notes.source(_add(row, "td"), one.source)


def _other(body: ET.Element, kind: KindPage, notes: _Notes) -> None:
    row = _add(body, "tr")
    _named(row, kind.label, kind.kind)
    _add(row, "td", " of ".join(kind.senders))
    _add(row, "td", sent_to(kind))
    _add(row, "td", decides(kind))
    _add(row, "td", kind.valid)
    notes.source(_add(row, "td"), kind.source)


def _general(main: ET.Element, one: GeneralPage, notes: _Notes) -> None:
    _add(main, "h2", "In elke fase", id="elke-fase")
    _add(main, "h3", "Partijen")
    headings = ("Hoedanigheid", "Taken (6.4)", "Grondslagen", "Geheimhouding op wat zij verstrekt", "Bron")
    body = _table(main, "Hoedanigheden, taken en grondslagen", headings)
    for party in one.parties:
        _party(body, party, notes)
    _add(main, "h3", "Hoe lang")
    body = _table(main, "Termijnen", ("Termijn", "Hoe lang", "Vanaf", "Verzetten", "Bron"))
    for term in one.terms:
        _term(body, term, notes)
    _add(main, "h3", "Getallen van het pakket")
    notes.source(_add(main, "p"), one.numbers_source)
    body = _table(main, "Getallen", ("Wat", "Getal"))
    for words, number in one.numbers:
        row = _add(body, "tr")
        _add(row, "th", words, scope="row")
        _add(row, "td", str(number))
    _others(main, "Berichten zonder persoonsgegevens in elke fase", one.kinds, notes)
    notes.listed(main, "Eigen lezingen bij partijen, termijnen en getallen")


def _party(body: ET.Element, party: PartyLine, notes: _Notes) -> None:
    row = _add(body, "tr")
    _named(row, party.label, party.capacity)
    tasks = _add(row, "td")
    for task in party.tasks:
        _add(tasks, "div", task)
    if not party.receives:
        _add(tasks, "div", "Zonder taak van 6.4: ontvangt geen gegevens van een casus.", class_="must")
    bases = _add(row, "td")
    for basis in party.bases:
        _add(bases, "div", basis)
    _add(row, "td", "; ".join(party.secrecies) or "geen, tenzij haar toetreding er een noemt")
    notes.source(_add(row, "td"), party.source)


def _term(body: ET.Element, term: TermLine, notes: _Notes) -> None:
    row = _add(body, "tr")
    _named(row, term.label, term.term)
    _add(row, "td", term.length)
    _add(row, "td", term.begins)
    _add(row, "td", "met een besluit, een reden en een einde" if term.movable else "nee")
    notes.source(_add(row, "td"), term.source)
