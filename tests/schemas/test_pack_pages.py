"""A pack as people read it: as values, as a text and as a document."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from typing_extensions import override

from schemas import pack_html, pack_text, packs
from schemas.pack import Pack
from schemas.pack_pages import PhasePage, Source, general, page, source_of
from schemas.pack_rows import CeilingRow, Kind, Label
from schemas.pack_text import Notes


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


@pytest.fixture(scope="module")
def pages(pack: Pack) -> list[PhasePage]:
    return [page(pack, phase) for phase in pack.phases if not phase.end]


@pytest.fixture(scope="module")
def document(pack: Pack, pages: list[PhasePage]) -> str:
    return pack_html.render(pack, pages, general(pack))


def test_a_page_says_what_may_be_asked_of_whom_on_which_basis(pack: Pack) -> None:
    triage = page(pack, pack.phase["triage"])
    kinds = {kind.kind: kind for kind in triage.kinds}
    question, answer = kinds["triagevraag"], kinds["triageantwoord"]
    assert all(row.givers == () for row in question.allowed), "the house asks, for whom it acts"
    (police,) = [row for row in answer.allowed if row.category == "politiegegevens_art8"]
    assert [(g.capacity, g.how, g.basis, g.decree, g.marks) for g in police.givers] == [
        ("politie", "usual", "wpg_20", True, ("wpg7_geheimhouding",))
    ]
    (housing,) = [row for row in answer.allowed if row.category == "woonsituatie"]
    assert ("burgemeester", "limited") in [(giver.capacity, giver.how) for giver in housing.givers]
    assert "om" not in [giver.capacity for giver in housing.givers]
    assert [row.category for row in answer.allowed if row.consent] == ["gezondheid"]
    (care,) = [giver for giver in housing.givers if giver.capacity == "ggz"]
    assert "Medisch beroepsgeheim (artikel 7:457 BW)" in care.secrecies


def test_a_page_says_who_decides_until_when_and_what_counts_as_one(pack: Pack) -> None:
    triage = page(pack, pack.phase["triage"])
    answer = next(kind for kind in triage.kinds if kind.kind == "triageantwoord")
    assert (answer.approval, answer.valid, answer.registered) == (True, "14 dagen", True)
    assert answer.replies == "altijd een antwoord op triagevraag"
    meeting = page(pack, pack.phase["casusoverleg"])
    plan = next(line for line in meeting.purposes if line.purpose == "plan_van_aanpak")
    assert set(plan.same) == {"toestandsbeeld", "monitoring"}
    assert plan.follows, "purposes whose data may go on to the plan"
    assert (triage.minimisation, meeting.minimisation) == ("3.5a", "9.3")


def test_only_whom_the_row_names_gives(pack: Pack) -> None:
    kind = page(pack, pack.phase["aanmelding"]).kinds[0]
    (execution,) = [row for row in kind.allowed if row.category == "tenuitvoerleggingsgegevens"]
    assert [giver.basis for giver in execution.givers] == ["wjsg_51c", "wjsg_dji"]


def test_every_row_of_the_pack_is_on_a_page(pack: Pack) -> None:
    every = [page(pack, phase) for phase in pack.phases]
    shown = [(one.phase, kind.kind, row.category) for one in every for kind in one.kinds for row in kind.allowed]
    assert sorted(shown) == sorted((row.phase, row.kind, row.category) for row in pack.ceilings)
    for row in pack.absences:
        (one,) = [one for one in every if one.phase == row.phase]
        lists = [one.withheld, *(kind.withheld for kind in one.kinds if kind.kind in (row.kinds or (kind.kind,)))]
        assert any(absent.categories == row.categories for absents in lists for absent in absents)


def test_what_holds_in_every_phase(pack: Pack) -> None:
    one = general(pack)
    assert [line.capacity for line in one.parties] == [row.id for row in pack.capacities]
    om = next(line for line in one.parties if line.capacity == "om")
    assert any("justitiële gegevens" in basis.lower() for basis in om.bases)
    assert {line.term: line.length for line in one.terms}["vernietiging"] == "1 jaar"
    assert ("bewaartermijn van berichten bij de makelaar, in dagen", 365) in one.numbers
    assert len(one.numbers) == len(type(pack.limits).model_fields) - 2, "all but the reading and its reason"
    assert {"sleutel", "fase_besluit"} <= {kind.kind for kind in one.kinds}
    assert all(not kind.allowed and not kind.withheld for kind in one.kinds)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(86_400, "1 dag"), (7200, "2 uur"), (300, "5 minuten"), (60, "1 minuut"), (61, "61 seconden")],
)
def test_a_time_in_words(pack: Pack, seconds: int, words: str) -> None:
    kind = pack.kind["triageantwoord"].model_copy(update={"seconds_max": seconds})
    other = pack.model_copy(update={"kinds": (kind,), "ceilings": ()})
    assert page(other, other.phase["triage"]).kinds[0].valid == words


def test_as_text(pack: Pack, pages: list[PhasePage]) -> None:
    text = pack_text.render(pack, pages, general(pack))
    assert pack.digest in text
    running = " ".join(text.split())
    assert "Artikel 20 Wpg, met een ondertekend artikel 20-besluit [wpg_20]: Politie (besluit, merk wpg7" in running
    assert "alleen met toestemming of een vastgelegde uitzondering (7.2)" in text
    assert "alleen voor: " in text
    assert "FASE casusoverleg" in text
    assert "waarom niet: " in text
    assert "IN ELKE FASE" in text
    assert "ontvangt geen gegevens van een casus" in text
    assert "een besluit kan de termijn verzetten" in text
    assert max(len(line) for line in text.splitlines()) <= 110


def test_every_reading_stands_once_on_its_page(pack: Pack) -> None:
    one = page(pack, pack.phase["triage"])
    text = " ".join(pack_text.render(pack, [one]).split())
    readings = {row.source.reading for kind in one.kinds for row in kind.allowed if row.source.reading}
    assert len(readings) > 3
    for reading in readings:
        assert text.count(reading) == 1


def test_one_phase_alone_is_whole(pack: Pack) -> None:
    """Without the page of every phase, its messages stand on the page of the phase itself."""
    one = page(pack, pack.phase["triage"])
    assert "- sleutel: " in pack_text.render(pack, [one])
    assert "- sleutel: " not in pack_text.render(pack, [one], general(pack)).partition("IN ELKE FASE")[0]
    assert ">sleutel</code>" in pack_html.render(pack, [one])
    assert "alleen in deze fase" not in pack_text.render(pack, [one])


def test_an_end_exchanges_nothing(pack: Pack) -> None:
    bare = pack.model_copy(update={"kinds": ()})
    end = page(bare, bare.phase["vernietigd"])
    text = pack_text.render(pack, [end])
    assert "Hierna: niets" in text
    assert "Berichten zonder persoonsgegevens: geen" in text
    assert "Eigen lezingen" not in text
    assert "Berichten zonder" not in pack_html.render(pack, [end])
    assert "niets" in pack_html.render(pack, [end])


def test_a_phase_without_messages_with_data_says_what_stays_out(pack: Pack) -> None:
    kinds = tuple(kind for kind in pack.kinds if kind.items == "none")
    absences = tuple(row.model_copy(update={"kinds": ()}) for row in pack.absences if row.phase == "triage")
    bare = pack.model_copy(update={"kinds": kinds, "ceilings": (), "absences": absences})
    one = page(bare, bare.phase["triage"])
    assert one.withheld
    assert "waarom niet" in pack_text.render(bare, [one])
    assert "Er gaan in deze fase geen gegevens" in pack_html.render(bare, [one])


def test_a_reading_without_an_article_says_so(pack: Pack) -> None:
    assert str(source_of(pack.category["bericht"])).startswith("geen artikel; eigen lezing: ")
    assert str(source_of(pack.phase["triage"])) == "artikel 1.19"
    notes = Notes()
    assert notes.said(Source(None, "Zo lezen wij het.")) == "geen artikel, lezing 1"
    assert notes.said(Source("9.1", "Zo lezen wij het.")) == "artikel 9.1, lezing 1"
    assert notes.said(Source("9.1", None)) == "artikel 9.1"
    assert [*notes] == [(1, "Zo lezen wij het.")]


def test_a_row_that_names_fewer_parties_says_so(pack: Pack) -> None:
    rows = tuple(
        row.model_copy(update={"providers": ("college_bw",)}) if row.category == "woonsituatie" else row
        for row in pack.ceilings
    )
    other = pack.model_copy(update={"ceilings": rows, "absences": ()})
    one = page(other, other.phase["triage"])
    assert "alleen van: College van burgemeester en wethouders" in pack_text.render(other, [one])
    assert "Alleen van College van burgemeester en wethouders." in pack_html.render(other, [one])


@pytest.mark.parametrize("who", ["politie", "procesregie"])
def test_a_kind_may_name_a_capacity(pack: Pack, who: str) -> None:
    kind = Kind.model_validate(pack.kind["triageantwoord"].model_dump() | {"senders": (who,)})
    (one,) = [row for row in pack.ceilings if (row.kind, row.category) == ("triageantwoord", "relaties")]
    changed = pack.model_copy(update={"kinds": (kind,), "ceilings": (CeilingRow.model_validate(one.model_dump()),)})
    shown = page(changed, changed.phase["triage"])
    (only,) = shown.kinds
    assert only.senders == ("Politie" if who == "politie" else "het huis",)
    assert bool(only.allowed[0].givers) == (who == "politie")
    assert bool(shown.providing) == (who == "politie")


class Outline(HTMLParser):
    """The elements of a document, what stands open, and the texts of headings."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.feed(text)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if self.open and re.fullmatch(r"h[1-6]", self.open[-1]):
            level, text = self.headings[-1]
            self.headings[-1] = (level, text + data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_document_is_whole_and_needs_nothing_else(document: str) -> None:
    found = Outline(document)
    assert found.open == []
    assert document.startswith("<!DOCTYPE html>")
    assert found.all("html") == [{"lang": "nl"}]
    names = {tag for tag, _ in found.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    assert {link["href"] for link in found.all("a") if not (link["href"] or "").startswith("#")} == set()
    assert "url(" not in document
    assert "@import" not in document


def test_the_document_can_be_read_by_everyone(document: str) -> None:
    """WCAG 2.2: headings in order, a caption and scopes in every table, links that lead somewhere, unique ids."""
    found = Outline(document)
    levels = [level for level, _ in found.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(text for _, text in found.headings)
    assert len(found.all("caption")) == len(found.all("table")) > 10
    assert all(cell.get("scope") in {"row", "col"} for cell in found.all("th"))
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {f"#{one}" for one in ids} >= {link["href"] for link in found.all("a")}
    assert len([region for region in found.all("div") if region.get("role") == "region"]) == len(found.all("table"))


def contrast(front: str, back: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3)."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(front), luminance(back)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_read(document: str) -> None:
    style = document.partition("<style>")[2].partition("</style>")[0]
    texts = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{3,6})", style))
    backs = set(re.findall(r"background: (#[0-9a-f]{3,6})", style))
    assert len(texts) >= 5
    assert "#fff" in backs
    assert all(contrast(front, back) >= 4.5 for front in texts for back in backs), "any text on any background"
    borders = set(re.findall(r"border: 1px solid (#[0-9a-f]{6})", style))
    assert all(contrast(line, "#ffffff") >= 3 for line in borders)


def test_a_text_of_a_pack_is_never_markup(pack: Pack) -> None:
    evil = "<script>alert('x')</script> & \"zo\""
    label = Label(nl=evil, en="x")
    phases = tuple(row.model_copy(update={"label": label, "article": evil}) for row in pack.phases)
    other = pack.model_copy(update={"label": label, "phases": phases, "id": "zo-<b>niet</b>"})
    text = pack_html.render(other, [page(other, phases[1])], general(other))
    found = Outline(text)
    assert not {"script"} & {tag for tag, _ in found.tags}
    assert "<b>niet" not in text
    assert "&lt;script&gt;alert('x')&lt;/script&gt; &amp;" in text


def test_the_document_says_what_the_pages_say(pack: Pack, pages: list[PhasePage], document: str) -> None:
    for one in pages:
        assert f'<h2 id="fase-{one.phase}">' in document
        assert all(f">{kind.kind}<" in document for kind in (*one.kinds, *one.other_kinds))
    assert all(f">{row.id}</code>" in document for row in pack.capacities)
    assert all(f">{row.id}</code>" in document for row in pack.terms)
    assert all(f">{row.category}</code>" in document for row in pack.ceilings)
    assert "Alleen voor toestandsbeeld, plan_van_aanpak, monitoring." in document
    assert pack.digest in document
