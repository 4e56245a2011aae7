"""A pack as people read it."""

from __future__ import annotations

import pytest

from schemas import packs
from schemas.pack import CeilingRow, Kind
from schemas.pack_pages import page, render, source_of


def test_a_page_says_what_may_be_asked_of_whom_on_which_basis() -> None:
    pack = packs.load("zvh-protocol-2019")
    triage = page(pack, pack.phase["triage"])
    question, answer = triage.kinds
    assert (question.kind, answer.kind) == ("triagevraag", "triageantwoord")
    assert all(row.givers == () for row in question.allowed), "the house asks, for whom it acts"
    (police,) = [row for row in answer.allowed if row.category == "politiegegevens_art8"]
    assert [(g.capacity, g.how, g.basis, g.decree) for g in police.givers] == [("politie", "usual", "wpg_20", True)]
    (housing,) = [row for row in answer.allowed if row.category == "woonsituatie"]
    assert ("burgemeester", "limited") in [(giver.capacity, giver.how) for giver in housing.givers]
    assert "om" not in [giver.capacity for giver in housing.givers]
    assert [row.category for row in answer.allowed if row.consent] == ["gezondheid"]


def test_only_whom_the_row_names_gives() -> None:
    pack = packs.load("zvh-protocol-2019")
    (kind,) = page(pack, pack.phase["aanmelding"]).kinds
    (execution,) = [row for row in kind.allowed if row.category == "tenuitvoerleggingsgegevens"]
    assert [giver.basis for giver in execution.givers] == ["wjsg_51c", "wjsg_dji"]


def test_every_row_of_the_pack_is_on_a_page() -> None:
    pack = packs.load("zvh-protocol-2019")
    pages = [page(pack, phase) for phase in pack.phases]
    shown = [(one.phase, kind.kind, row.category) for one in pages for kind in one.kinds for row in kind.allowed]
    assert sorted(shown) == sorted((row.phase, row.kind, row.category) for row in pack.ceilings)
    absent = sum(len(one.withheld) + sum(len(kind.withheld) for kind in one.kinds) for one in pages)
    assert absent == len(pack.absences)


def test_as_text() -> None:
    pack = packs.load("zvh-protocol-2019")
    text = render(pack, [page(pack, pack.phase["triage"]), page(pack, pack.phase["casusoverleg"])])
    assert pack.digest in text
    assert "eigen lezing: " in text
    assert "Politie op grond van Artikel 20 Wpg, met een ondertekend artikel 20-besluit [wpg_20]" in text
    assert "alleen met toestemming of een vastgelegde uitzondering (7.2)" in text
    assert "de procesregisseur, namens de partij voor wie het huis handelt" in text
    assert "FASE casusoverleg" in text
    assert "waarom niet: " in text
    assert max(len(line) for line in text.splitlines()) <= 110


def test_an_end_exchanges_nothing() -> None:
    pack = packs.load("zvh-protocol-2019")
    text = render(pack, [page(pack, pack.phase["vernietigd"])])
    assert "Hierna: niets" in text
    assert "Berichten zonder persoonsgegevens: geen" in text


def test_a_reading_without_an_article_says_so() -> None:
    pack = packs.load("zvh-protocol-2019")
    assert source_of(pack.category["bericht"]).startswith("geen artikel; eigen lezing: ")
    assert source_of(pack.phase["triage"]) == "artikel 1.19"


@pytest.mark.parametrize("who", ["politie", "procesregie"])
def test_a_kind_may_name_a_capacity(who: str) -> None:
    pack = packs.load("zvh-protocol-2019")
    kind = Kind.model_validate(pack.kind["triageantwoord"].model_dump() | {"senders": (who,)})
    row = CeilingRow.model_validate(pack.ceilings[-1].model_dump())
    changed = pack.model_copy(update={"kinds": (kind,), "ceilings": (row,)})
    (shown,) = page(changed, changed.phase["triage"]).kinds
    assert shown.senders == ("Politie" if who == "politie" else "de procesregisseur van het huis",)
    assert bool(shown.allowed[0].givers) == (who == "politie")
