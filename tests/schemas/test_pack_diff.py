"""What a change of the protocol means: nothing changes unseen, and each change has its words and direction."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from schemas import packs
from schemas.pack import Pack
from schemas.pack_changes import Change
from schemas.pack_diff import OpenCase, compare, render, touched
from schemas.pack_rows import Absence, CeilingRow
from schemas.pack_weights import OPPOSITE
from tests.conftest import untraced
from tests.schemas.flipping import flips

ARRANGED = "anders geordend of ingedeeld"


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


def swap(pack: Pack, section: str, fits: dict[str, Any], **members: Any) -> Pack:
    """The pack with members of one row set otherwise: the first row of a section that has the members ``fits``."""
    rows = list(getattr(pack, section))
    found = (n for n, row in enumerate(rows) if all(getattr(row, key) == value for key, value in fits.items()))
    index = next(found)
    rows[index] = rows[index].model_copy(update=members)
    return pack.model_copy(update={section: tuple(rows)})


def field(pack: Pack, category: str, name: str, **members: Any) -> Pack:
    """The pack with members of one field set otherwise."""
    old = pack.category[category].fields
    new = tuple(row.model_copy(update=members) if row.name == name else row for row in old)
    return swap(pack, "categories", {"id": category}, fields=new)


def only(pack: Pack, other: Pack) -> Change:
    """The one change."""
    changes = compare(pack, other)
    assert len(changes) == 1, [change.text for change in changes]
    return changes[0]


def test_the_same_pack_does_not_differ(pack: Pack) -> None:
    assert compare(pack, pack.model_copy()) == ()
    assert "Er is geen verschil." in render(pack, pack, ())


def unseen(pack: Pack, step: int) -> list[object]:
    """Of every ``step``-th way to change one thing, those that no change of that section tells."""
    return [
        path
        for number, (path, other) in enumerate(flips(pack))
        if number % step == 0
        and not any(one.section == path[0] and ARRANGED not in one.text for one in compare(pack, other))
    ]


def test_nothing_of_a_pack_changes_unseen_a_sample(pack: Pack) -> None:
    assert unseen(pack, 17) == []


@pytest.mark.slow
def test_nothing_of_a_pack_changes_unseen(pack: Pack) -> None:
    with untraced():
        assert sum(1 for _ in flips(pack)) > 10_000
        assert unseen(pack, 1) == []


def test_back_is_the_other_way(pack: Pack) -> None:
    seen: Counter[str] = Counter()
    for number, (path, other) in enumerate(flips(pack)):
        if number % 41 == 0:
            there = Counter(change.weight for change in compare(pack, other))
            back = Counter(OPPOSITE[change.weight] for change in compare(other, pack))
            assert there == back, path
            seen.update(there)
    assert min(seen[weight] for weight in OPPOSITE) > 5, "a sample that says nothing"


def test_newly_allowed_and_no_longer(pack: Pack) -> None:
    fits = {"phase": "triage", "kind": "triageantwoord", "category": "financiele_gegevens"}
    without = pack.model_copy(
        update={
            "ceilings": tuple(
                row
                for row in pack.ceilings
                if (row.phase, row.kind, row.category) != ("triage", "triageantwoord", "financiele_gegevens")
            )
        }
    )
    assert any(all(getattr(row, key) == value for key, value in fits.items()) for row in pack.ceilings)
    gone, new = only(pack, without), only(without, pack)
    assert (gone.weight, new.weight) == ("strenger", "ruimer")
    assert gone.text.startswith("Financiële gegevens over betrokkene in `triageantwoord`: niet meer toegestaan")
    assert "nieuw toegestaan, tot niveau I: problematische_schulden" in new.text
    assert new.phases == ("triage",)
    assert "college_bw" in new.capacities
    assert "politie" not in new.capacities


def test_what_stays_out_from_now_on_says_why(pack: Pack) -> None:
    row = pack.ceiling["triage", "triageantwoord", "financiele_gegevens", "betrokkene"]
    left = tuple(one for one in pack.ceilings if one is not row)
    absence = Absence.model_validate(
        {
            "phase": "triage",
            "kinds": ["triageantwoord"],
            "categories": ["financiele_gegevens"],
            "subjects": ["betrokkene"],
            "reading": "own",
            "reason": "De fg vindt dit in triage niet nodig.",
        }
    )
    other = pack.model_copy(update={"ceilings": left, "absences": (*pack.absences, absence)})
    assert "waarom: geen artikel (eigen lezing De fg vindt dit in triage niet nodig.)" in only(pack, other).text
    assert only(other, pack).weight == "ruimer"


def test_another_level_says_which_fields_come_and_go(pack: Pack) -> None:
    fits = {"phase": "triage", "kind": "triageantwoord", "category": "financiele_gegevens"}
    change = only(pack, swap(pack, "ceilings", fits, level="S"))
    assert (change.weight, change.before, change.after) == ("ruimer", "I", "S")
    assert "ander niveau: I → S; erbij schuldhulptraject, beheer" in change.text
    assert only(swap(pack, "ceilings", fits, level="S"), pack).weight == "strenger"


def test_narrower_to_parties_purposes_and_fields(pack: Pack) -> None:
    fits = {"phase": "triage", "kind": "triageantwoord", "category": "woonsituatie"}
    fewer = only(pack, swap(pack, "ceilings", fits, providers=("college_bw",)))
    assert fewer.weight == "strenger"
    assert "wie mag verstrekken: eraf" in fewer.text
    purposes = only(pack, swap(pack, "ceilings", fits, purposes=()))
    assert purposes.weight == "ruimer"
    assert "andere doelen: erbij toebedelen" in purposes.text
    fields = only(pack, swap(pack, "ceilings", fits, fields=("woonvorm",)))
    assert (fields.weight, fields.after) == ("strenger", "woonvorm")
    same = only(pack, swap(pack, "ceilings", fits, fields=tuple(fields.before.split(", "))))
    assert same.weight == "anders"
    assert "anders geschreven, met dezelfde uitkomst" in same.text


def test_one_change_about_several_persons(pack: Pack) -> None:
    row = next(row for row in pack.ceilings if len(row.subjects) == 2 and row.level == "I")
    rows = tuple(one.model_copy(update={"level": "S"}) if one is row else one for one in pack.ceilings)
    split = tuple(
        part
        for one in rows
        for part in ([one.model_copy(update={"subjects": (who,)}) for who in one.subjects] if one is rows[0] else [one])
    )
    other = pack.model_copy(update={"ceilings": split})
    change = only(pack, other)
    assert f"over {', '.join(row.subjects).replace('_', ' ')} in `{row.kind}`" in change.text


def test_a_table_divided_otherwise_says_the_same(pack: Pack) -> None:
    row = next(row for row in pack.ceilings if len(row.subjects) > 1)
    parts = [row.model_copy(update={"subjects": (who,)}) for who in row.subjects]
    rows = tuple(part for one in pack.ceilings for part in (parts if one is row else [one]))
    change = only(pack, pack.model_copy(update={"ceilings": rows}))
    assert (change.weight, change.words_only) == ("anders", True)
    assert change.text == "`ceilings`: hetzelfde, anders geordend of ingedeeld"


def test_who_may_provide(pack: Pack) -> None:
    fits = {"category": "financiele_gegevens"}
    (row,) = [row for row in pack.providers if row.category == "financiele_gegevens"]
    more = only(pack, swap(pack, "providers", fits, limited=(*row.limited, "politie")))
    assert (more.weight, more.capacities) == ("ruimer", ("politie",))
    assert more.text == "Financiële gegevens: mag voortaan verstrekken, alleen vanuit de eigen rol: Politie"
    assert more.phases == ("aanmelding", "triage", "casusoverleg", "afschaling")
    less = compare(pack, swap(pack, "providers", fits, usual=row.usual[1:], limited=(*row.limited, row.usual[0])))
    assert [(change.weight, change.before, change.after) for change in less] == [
        ("strenger", "gewoon", "alleen vanuit de eigen rol")
    ]
    source = only(pack, swap(pack, "providers", fits, reason="Zo bevestigd door de fg."))
    assert (source.weight, source.words_only) == ("anders", True)
    order = only(pack, pack.model_copy(update={"providers": pack.providers[::-1]}))
    assert ARRANGED in order.text


def test_who_may_provide_what_is_gone(pack: Pack) -> None:
    """A category or a capacity that one of the packs does not have is named by its id or by the other's label."""
    without = pack.model_copy(update={"providers": tuple(r for r in pack.providers if r.category != "relaties")})
    assert {change.weight for change in compare(pack, without)} == {"strenger"}
    odd = swap(pack, "providers", {"category": "relaties"}, category="nieuws", usual=("dominee",))
    assert any(change.text.startswith("`nieuws`: mag voortaan verstrekken: `dominee`") for change in compare(pack, odd))


def test_a_level_of_a_field_says_where_it_goes(pack: Pack) -> None:
    sooner = only(pack, field(pack, "financiele_gegevens", "beheer", level="I"))
    assert sooner.weight == "ruimer"
    assert "ander niveau: S → I; gaat nu mee in" in sooner.text
    assert "triage/triageantwoord" in sooner.text
    later = only(pack, field(pack, "financiele_gegevens", "problematische_schulden", level="D"))
    assert later.weight == "strenger"
    assert "gaat niet meer mee in" in later.text
    nowhere = only(pack, field(pack, "financiele_gegevens", "problematische_schulden", level="B"))
    assert nowhere.weight == "ruimer"
    assert "in geen bericht verandert daardoor iets" in nowhere.text


def test_fields_that_come_and_go(pack: Pack) -> None:
    fields = pack.category[packs.load("zvh-protocol-2019").categories[4].id].fields
    assert fields[0].name == "problematische_schulden"
    without = swap(pack, "categories", {"id": "financiele_gegevens"}, fields=fields[1:])
    gone, new = only(pack, without), only(without, pack)
    assert (gone.weight, new.weight) == ("strenger", "ruimer")
    assert "veld vervalt (soort veld: enum; niveau: I" in gone.text
    assert "gaat mee in aanmelding/aanmelding, triage/triageantwoord" in new.text


WORDS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("kinds", "triageantwoord", {"approval": False}, "ruimer", "een mens beslist: ja → nee"),
    ("kinds", "triageantwoord", {"seconds_max": 60}, "strenger", "langste geldigheid in seconden"),
    ("kinds", "triagevraag", {"senders": ("procesregie", "partij")}, "ruimer", "van wie: erbij partij"),
    ("kinds", "triagevraag", {"items": "none"}, "strenger", "gegevens erin: exact → none"),
    ("kinds", "ontvangst", {"reply": "optional"}, "ruimer", "is een antwoord: required → optional"),
    ("capacities", "politie", {"default_basis": "avg_6_1_e"}, "anders", "andere grondslag: wpg_20 → avg_6_1_e"),
    ("capacities", "ggz", {"secrecy": ()}, "ruimer", "geheimhouding op wat zij verstrekt"),
    ("capacities", "geen_grondslag", {"receives": True}, "ruimer", "mag ontvangen: nee → ja"),
    ("bases", "wpg_20", {"decree": False}, "ruimer", "alleen met een besluit op schrift: ja → nee"),
    ("secrecies", "nvo_8", {"consent": False}, "ruimer", "alleen met toestemming of uitzondering: ja → nee"),
    ("phases", "triage", {"next": ("casusoverleg",)}, "strenger", "wat hierna kan: eraf elders, afgewezen"),
    ("purposes", "routering", {"counts_as": "alles"}, "anders", "telt als één doel met de groep"),
    ("subject_categories", "betrokkene", {"informed": False}, "ruimer", "eerst informeren: ja → nee"),
    ("categories", "gezondheid", {"data_class": "gewoon"}, "ruimer", "klasse van de gegevens: bijzonder → gewoon"),
    ("categories", "relaties", {"origins": ("ggd",)}, "strenger", "komt alleen van: geen → ggd"),
    ("outcomes", "niet_bekend", {"plain_under_secrecy": False}, "ruimer", "onder geheimhouding: ja → nee"),
    ("terms", "vernietiging", {"amount": 2}, "ruimer", "langere termijn: 1 jaar → 2 jaar"),
    ("terms", "vernietiging", {"amount": 6, "unit": "months"}, "strenger", "kortere termijn: 1 jaar → 6 maanden"),
    (
        "terms",
        "overdracht",
        {"amount": 720, "unit": "hours"},
        "anders",
        "zelfde termijn, andere maat: 30 dagen → 720 uur",
    ),
    ("terms", "overdracht", {"unit": "weeks"}, "ruimer", "langere termijn: 30 dagen → 30 weken"),
    ("life_domains", "financien", {"implies": ()}, "ruimer", "verraadt ook: financiele_gegevens → geen"),
]


@pytest.mark.parametrize(("section", "id_", "members", "weight", "says"), WORDS)
def test_words_and_direction(
    pack: Pack, section: str, id_: str, members: dict[str, Any], weight: str, says: str
) -> None:
    change = only(pack, swap(pack, section, {"id": id_}, **members))
    assert change.weight == weight
    assert says in change.text
    assert f"`{id_}`" in change.text
    assert not change.words_only


def test_numbers_names_and_forbidden_words(pack: Pack) -> None:
    limits = pack.limits.model_copy(update={"message_retention_days": 500})
    longer = only(pack, pack.model_copy(update={"limits": limits}))
    assert longer.weight == "ruimer"
    assert longer.text.endswith("bewaartermijn van berichten bij de makelaar, in dagen: 365 → 500")
    name = only(pack, pack.model_copy(update={"id": "zvh-groningen"}))
    assert (name.text, name.words_only) == ("naam van het pakket: zvh-protocol-2019 → zvh-groningen", True)
    words = pack.model_copy(update={"forbidden_fields": (*pack.forbidden_fields[1:], "schoenmaat")})
    assert [(change.weight, change.member) for change in compare(pack, words)] == [
        ("ruimer", pack.forbidden_fields[0]),
        ("strenger", "schoenmaat"),
    ]
    digest = only(pack, pack.model_copy(update={"digest": "anders"}))
    assert "alleen de vingerafdruk verschilt" in digest.text


def test_rows_that_come_and_go(pack: Pack) -> None:
    for section, key, weight in (
        ("kinds", "kinds", "strenger"),
        ("purposes", "purposes", "strenger"),
        ("terms", "terms", "ruimer"),
        ("questions", "questions", "anders"),
    ):
        rows = getattr(pack, key)
        gone = only(pack, pack.model_copy(update={section: rows[:-1]}))
        assert (gone.weight, gone.after) == (weight, "")
        assert "vervalt" in gone.text


def test_codes_have_weights_of_their_own(pack: Pack) -> None:
    for use, weight in (("exception", "strenger"), ("refusal", "anders"), ("restriction", "ruimer")):
        rows = tuple(row for row in pack.codes if row is not next(one for one in pack.codes if one.use == use))
        assert only(pack, pack.model_copy(update={"codes": rows})).weight == weight


def test_another_order_of_codes_shows(pack: Pack) -> None:
    """The first necessity of a phase is the one that a menu proposes, so their order is not nothing."""
    change = only(pack, pack.model_copy(update={"codes": pack.codes[::-1]}))
    assert change.text == "andere volgorde van codes"


def test_absences_are_for_people(pack: Pack) -> None:
    first = pack.absences[0]
    rows = (first.model_copy(update={"reason": "Een andere reden dan eerst."}), *pack.absences[1:])
    changes = compare(pack, pack.model_copy(update={"absences": rows}))
    assert changes
    assert all(change.words_only and "rust voortaan op" in change.text for change in changes)
    fewer = compare(pack, pack.model_copy(update={"absences": pack.absences[1:]}))
    assert all("niet langer bewust uitgesloten" in change.text for change in fewer)
    more = compare(pack.model_copy(update={"absences": pack.absences[1:]}), pack)
    assert all("bewust niet" in change.text for change in more)


def test_a_phase_without_data_has_cells_too(pack: Pack) -> None:
    row = Absence.model_validate(
        {"phase": "vernietigd", "categories": ["relaties"], "subjects": ["betrokkene"], "article": "11.2c"}
    )
    change = only(pack, pack.model_copy(update={"absences": (*pack.absences, row)}))
    assert change.text == "Relaties over betrokkene: bewust niet: artikel 11.2c"


def test_a_ceiling_of_the_house_bears_on_every_party(pack: Pack) -> None:
    assert only(pack, swap(pack, "ceilings", {"kind": "triagevraag"}, level="D")).capacities == ()


def test_a_ceiling_with_ids_that_are_nowhere(pack: Pack) -> None:
    row = CeilingRow.model_validate(
        {
            "phase": "triage",
            "kind": "nieuws",
            "category": "nieuws",
            "subjects": ["betrokkene"],
            "level": "I",
            "providers": ["politie"],
            "article": "9.1",
        }
    )
    change = only(pack, pack.model_copy(update={"ceilings": (*pack.ceilings, row)}))
    assert change.text.startswith("`nieuws` over betrokkene in `nieuws`: nieuw toegestaan, tot niveau I: geen velden")


def two(pack: Pack) -> tuple[Change, ...]:
    """A change of triage for the police, one of every phase, and one of words only."""
    other = swap(
        pack, "providers", {"category": "financiele_gegevens"}, usual=("college_bw", "reclassering", "politie")
    )
    narrowed = swap(other, "ceilings", {"phase": "triage", "kind": "triagevraag"}, level="I")
    limits = pack.limits.model_copy(update={"questions_a_day": 2})
    return compare(pack, narrowed.model_copy(update={"limits": limits, "version": "9"}))


def test_which_open_cases_are_touched(pack: Pack) -> None:
    changes = two(pack)
    assert [change.section for change in changes] == ["ceilings", "providers", "limits", "version"]

    def sections(case: OpenCase) -> list[str]:
        return [change.section for change in touched(changes, case)]

    assert sections(OpenCase(case="a", phase="triage")) == ["ceilings", "providers", "limits"]
    assert sections(OpenCase(case="b", phase="casusoverleg")) == ["providers", "limits"]
    assert sections(OpenCase(case="c", phase="casusoverleg", parties=("00000099000000000001:ggz",))) == ["limits"]
    assert sections(OpenCase(case="d", phase="casusoverleg", parties=("ggz", "politie"))) == ["providers", "limits"]
    assert sections(OpenCase(case="e", phase="vernietigd")) == ["limits"]


def test_as_text(pack: Pack) -> None:
    changes = two(pack)
    new = pack.model_copy(update={"version": "9"})
    text = render(pack, new, changes, [OpenCase(case="abc", phase="triage"), OpenCase(case="def", phase="elders")])
    places = [
        text.index(title) for title in ("FASE triage", "MEER DAN ÉÉN FASE", "IN ELKE FASE", "ALLEEN TEKST OF BRON")
    ]
    assert places == sorted(places)
    assert "ruimer 2, strenger 1, anders 0; alleen tekst of bron 1" in text
    assert "  RUIMER    Personalia" in text
    assert "  - versie: 8.3 → 9" in text
    assert "OPEN CASUSSEN: 2 van 2 geraakt\n  abc (triage): ruimer 2, strenger 1\n  def (elders): strenger 1" in text
    assert max(map(len, text.splitlines())) <= 110
    assert "OPEN CASUSSEN" not in render(pack, new, changes)
    assert "FASE triage" not in render(pack, new, changes[2:])
    assert "ALLEEN TEKST" not in render(pack, new, changes[:1])
    assert "OPEN CASUSSEN: 0 van 1" in render(pack, pack, (), [OpenCase(case="abc", phase="triage")])
