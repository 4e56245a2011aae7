"""What the check of a pack finds: break one thing of the real pack, and see it named with file, line and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from schemas import packs
from schemas.acts import ACTS
from schemas.pack import Pack, PackError
from schemas.pack_check import check
from schemas.pack_yaml import parse

Files = dict[str, str]
Breakage = tuple[str, str, str, str]
"""File, what stands there once, what comes in its place, what must be said."""


@pytest.fixture
def files() -> Files:
    return dict(packs.read("zvh-protocol-2019"))


DANGLING: list[Breakage] = [
    ("phases.yaml", "next: [triage, afgewezen", "next: [triages, afgewezen", "did you mean `triage`?"),
    ("phases.yaml", "phases: [triage, casusoverleg]", "phases: [triage, overleg]", "`overleg` is not under `phases`"),
    ("parties.yaml", "regime: wpg\n    decree", "regime: wpgg\n    decree", "did you mean `wpg`?"),
    ("parties.yaml", "tasks: [politiewet_3]", "tasks: [politiewet_4]", "did you mean `politiewet_3`?"),
    ("parties.yaml", "default_basis: wpg_20", "default_basis: wpg_2", "did you mean `wpg_20`?"),
    ("parties.yaml", "regime: wpg\n    default", "regime: wpx\n    default", "did you mean `wpg`?"),
    ("parties.yaml", "justitiele_gegevens: wjsg_8a", "justitiele_gegeven: wjsg_8a", "is not under `categories`"),
    ("parties.yaml", "justitiele_gegevens: wjsg_8a", "justitiele_gegevens: wjsg_8b", "is not under `bases`"),
    ("parties.yaml", "[reclasseringsregeling_37]", "[reclasseringsregeling_38]", "is not under `secrecies`"),
    ("categories/relaties.yaml", "subjects: [betrokkene]", "subjects: [betrokken]", "did you mean `betrokkene`?"),
    ("categories/justitiele_gegevens.yaml", "origins: [om]", "origins: [omm]", "did you mean `om`?"),
    ("categories/bericht.yaml", "kinds: [triageantwoord]", "kinds: [triageantwoorden]", "is not under `kinds`"),
    ("categories/bericht.yaml", "ggd: [oggz", "ggdd: [oggz", "did you mean `ggd`?"),
    (
        "categories/toezicht_handhaving.yaml",
        "required_for: [directe_relatie]",
        "required_for: [directe_relaties]",
        "did you mean `directe_relatie`?",
    ),
    (
        "ceilings.yaml",
        "fields: [postcode, huisnummer]",
        "fields: [postkode, huisnummer]",
        "has no field `postkode`; did",
    ),
    ("ceilings.yaml", "kind: triagevraag\n", "kind: triagevragen\n", "did you mean `triagevraag`?"),
    ("ceilings.yaml", "- category: financiele_gegevens\n", "- category: financien\n", "is not under `categories`"),
    ("ceilings.yaml", "categories: [medewerker_derde_gegevens]", "categories: [medewerkers]", "is not under"),
    ("ceilings.yaml", "      phase: afschaling\n", "      phase: afschalen\n", "did you mean `afschaling`?"),
    ("providers.yaml", "[burgemeester, politie, ggz", "[burgemeester, polite, ggz", "`politie`?"),
    ("providers.yaml", "category: bericht", "category: berichten", "did you mean `bericht`?"),
    ("kinds.yaml", "replies_to: [sleutel_verzoek]", "replies_to: [sleutelverzoek]", "did you mean `sleutel_verzoek`?"),
    ("codes.yaml", "implies: [woonsituatie]", "implies: [wonen]", "`wonen` is not under `categories`"),
    ("codes.yaml", "dji: [tenuitvoer", "dij: [tenuitvoer", "did you mean `dji`?"),
    (
        "codes.yaml",
        'phases: [casusoverleg]\n        decisions: [in_afschaling]\n        label: {nl: "Het plan',
        'phases: [overleg]\n        decisions: [in_afschaling]\n        label: {nl: "Het plan',
        "`overleg` is not under `phases`",
    ),
    ("codes.yaml", "decisions: [in_casusoverleg]", "decisions: [in_overleg]", "`in_overleg` is not under `decisions`"),
    (
        "categories/bericht.yaml",
        "schuldhulp: [financiele_gegevens]",
        "schuldhulp: [financien]",
        "`financien` is not under `categories`",
    ),
]

TWICE: list[Breakage] = [
    ("phases.yaml", "  - id: gearchiveerd\n", "  - id: afgeschaald\n", "`afgeschaald` stands twice"),
    ("codes.yaml", "      - id: route_bepalen\n", "      - id: eerste_beeld_vormen\n", "stands twice"),
    ("categories/relaties.yaml", "- name: gezag\n", "- name: aantal\n", "`aantal` stands twice"),
    ("providers.yaml", "- category: relaties\n", "- category: woonsituatie\n", "`woonsituatie` stands twice"),
]

EMPTY: list[Breakage] = [
    (
        "pack.yaml",
        '  reading: own\n  reason: "Het protocol noemt alleen de 14 dagen',
        '  # "',
        "`limits` are in no article",
    ),
    ("phases.yaml", "    next: [casusoverleg, elders, afgewezen]\n", "", "`triage` leads nowhere"),
    ("phases.yaml", "next: [gearchiveerd]", "next: [vernietigd]", "no phase leads to `gearchiveerd`"),
    ("phases.yaml", "    phases: [aanmelding]\n", "    phases: [triage]\n", "`aanmelding` has no purpose"),
    (
        "phases.yaml",
        'article: "1.19"\n    minimisation',
        'article: "1.19"\n    end: true\n    minimisation',
        "is an end, yet a kind with items",
    ),
    ("parties.yaml", "tasks: [politiewet_3]", "tasks: []", "`politie` receives data without a task"),
    ("parties.yaml", "tasks: [politiewet_3]", "tasks: []", "no capacity has the task `politiewet_3`"),
    ("parties.yaml", "    receives: false\n", "", "`geen_grondslag` receives data without a task"),
    (
        "parties.yaml",
        "    tasks: []\n",
        "    tasks: [politiewet_3]\n",
        "`geen_grondslag` has tasks and receives nothing",
    ),
    ("parties.yaml", "default_basis: wpg_20", "default_basis: avg_6_1_e", "is of another regime than `wpg`"),
    ("parties.yaml", "justitiele_gegevens: wjsg_8a", "justitiele_gegevens: wpg_20", "is of another regime than `wjsg`"),
    ("providers.yaml", "usual: [om, dji]", "usual: []", "nobody provides `tenuitvoerleggingsgegevens`"),
    ("providers.yaml", "usual: [om, dji]", "usual: [om]\n    limited: [om, dji]", "usual or limited, not both"),
    ("providers.yaml", "usual: [om, dji]", "usual: [om, dji, ggd]", "originates only from om, dji; not from `ggd`"),
    ("codes.yaml", "      use: refusal\n", "      use: reason\n", "no code for `refusal`"),
    (
        "codes.yaml",
        '        phases: [aanmelding]\n        label:\n          nl: "Nodig om te toetsen',
        '        phases: [triage]\n        label:\n          nl: "Nodig om te toetsen',
        "no necessity code for phase `aanmelding`",
    ),
    (
        "kinds.yaml",
        "- id: geen_uitspraak\n        plain_under_secrecy: true",
        "- id: geen_uitspraak\n        plain_under_secrecy: false",
        "`geen_uitspraak` is missing, or not plain",
    ),
]

KINDS: list[Breakage] = [
    (
        "kinds.yaml",
        "    rows:\n      - id: aanmelding_start\n",
        "    rows:\n      - id: aanmeldingstart\n",
        "no kind `aanmeldingstart`; did",
    ),
    (
        "kinds.yaml",
        "    rows:\n      - id: aanmelding_start\n",
        "    rows:\n      - id: aanmeldingstart\n",
        "`aanmelding_start` has no row",
    ),
    ("kinds.yaml", "        reply: required\n        approval", "        approval", "`replies_to` and `reply`"),
    (
        "kinds.yaml",
        "phases: [aanmelding]\n        purposes: required",
        "phases: [aanmelding, triage]\n        purposes: required",
        "in phase `triage` no ceiling lets any through",
    ),
    (
        "kinds.yaml",
        "phases: [aanmelding]\n        purposes: required",
        "phases: [aanmelding, elders]\n        purposes: required",
        "requires a purpose, and phase `elders` has none",
    ),
]

FIELDS: list[Breakage] = [
    (
        "categories/personalia.yaml",
        "- name: voorvoegsel",
        "- name: BurgerServiceNummer".lower(),
        "no field may have this name (B4-x)",
    ),
    ("categories/relaties.yaml", "- name: ref\n", "- name: b_s_n\n", "`b_s_n`: no field may have this name (B4-x)"),
    ("categories/woonsituatie.yaml", "        max: 500\n", "", "`toelichting`: `text` needs `max`"),
    (
        "categories/relaties.yaml",
        "        min: 0\n        max: 99\n",
        "        min: 0\n",
        "`aantal`: `integer` needs `max`",
    ),
    (
        "categories/relaties.yaml",
        "        min: 0\n",
        "        min: 100\n",
        "`min` belongs to an integer and is at most `max`",
    ),
    ("categories/personalia.yaml", "max: 10\n", "max: 10\n        min: 1\n", "`min` belongs to an integer"),
    (
        "categories/gezondheid.yaml",
        "        values: [geestelijk, lichamelijk, middelengebruik, verstandelijk]\n",
        "",
        "`leefgebied_gezondheid`: `values` belong to enum",
    ),
    ("categories/personalia.yaml", "max: 10\n", "max: 10\n        values: [van]\n", "`values` belong to enum"),
    ("categories/relaties.yaml", "values: [ja, nee, onbekend]", "values: [ja, nee, nee]", "a value stands twice"),
    ("categories/justitiele_gegevens.yaml", "type: objects", "type: day", "`parts` belong to objects"),
    (
        "categories/justitiele_gegevens.yaml",
        "values: [overlast",
        "values: [geweld, overlast",
        "`thema`: a value stands twice",
    ),
    (
        "categories/personalia.yaml",
        "max: 10\n",
        "max: 10\n        kinds: [aanmelding]\n",
        "`kinds` belong to the fields of `bericht`",
    ),
    (
        "categories/bericht.yaml",
        "    kinds: [aanmelding, triageantwoord, inbreng, plan_van_aanpak, actie]\n",
        "",
        "`kinds` belong to the fields of `bericht`",
    ),
    ("categories/adresgegevens.yaml", "level: B\n        min: 1", "level: S\n        min: 1", "so at level B"),
    ("categories/personalia.yaml", "max: 10\n", "max: 10\n        always: true\n", "`always` is for a boolean"),
    (
        "categories/bericht.yaml",
        "ggd: [oggz, bemoeizorg]",
        "ggd: [oggz, zorg]",
        "`values_by_capacity` of `ggd` are some of",
    ),
    (
        "categories/bericht.yaml",
        "schuldhulp: [financiele_gegevens]",
        "schulden: [financiele_gegevens]",
        "`implies` and `value_labels` are about some of",
    ),
    ("categories/bericht.yaml", "ggd: [oggz, bemoeizorg]", "ggd: []", "`values_by_capacity` of `ggd` are some of"),
    ("categories/bericht.yaml", "      - huisvesting\n", "", "`values` must be the ids of `life_domains`"),
    (
        "categories/bericht.yaml",
        "          - huisvesting\n",
        "",
        "`leefgebied`: `values` must be the ids of `life_domains`",
    ),
    (
        "categories/bericht.yaml",
        "        min: 1\n        max: 5\n        label",
        "        min: 6\n        max: 5\n        label",
        "`begin`: `min` belongs to an integer and is at most `max`",
    ),
    ("categories/bericht.yaml", "      - woonsituatie\n", "      - wonen\n", "`values` must be ids of `categories`"),
]

CELLS: list[Breakage] = [
    (
        "ceilings.yaml",
        "  - phase: triage\n    kinds: [triagevraag]\n",
        "  - phase: triage\n    kinds: [triagevraag, inbreng]\n",
        "`inbreng` carries no items in phase `triage`",
    ),
    (
        "ceilings.yaml",
        "categories: [verzoeken_rechten]\n        subjects: [directe_relatie]",
        "categories: [verzoeken_rechten, relaties]\n        subjects: [directe_relatie]",
        "`relaties` is about none of these persons",
    ),
    (
        "ceilings.yaml",
        "woonsituatie, subjects: [betrokkene], level: I",
        "woonsituatie, subjects: [betrokkene], level: B",
        "`woonsituatie` has no field at level B or below for `aanmelding`",
    ),
    (
        "ceilings.yaml",
        "woonsituatie, subjects: [betrokkene]",
        "woonsituatie, subjects: [betrokkene, directe_relatie]",
        "may not be processed about a `directe_relatie`",
    ),
    (
        "ceilings.yaml",
        "      - {category: woonsituatie, subjects: [betrokkene], level: I}\n",
        "",
        "neither a ceiling nor an absence for `woonsituatie` about a `betrokkene` in phase `aanmelding`",
    ),
    (
        "ceilings.yaml",
        '    categories: [justitiele_gegevens, strafrechtelijk_avg10]\n    subjects: [betrokkene]\n    article: "9.4"',
        '    categories: [strafrechtelijk_avg10]\n    subjects: [betrokkene]\n    article: "9.4"',
        "neither a ceiling nor an absence for `justitiele_gegevens` about a `betrokkene` in phase `afschaling`, kind",
    ),
    (
        "ceilings.yaml",
        "[contactgegevens, justitiele_gegevens]",
        "[contactgegevens, justitiele_gegevens, woonsituatie]",
        "stated before: `woonsituatie` about a `betrokkene`",
    ),
    (
        "ceilings.yaml",
        "      phase: aanmelding\n      kind: aanmelding\n",
        "      phase: triage\n      kind: aanmelding\n",
        "`aanmelding` carries no items in phase `triage`",
    ),
    (
        "ceilings.yaml",
        "        fields: [postcode, huisnummer]",
        "        fields: [postcode, straat]",
        "field `straat` lies above level B",
    ),
    (
        "ceilings.yaml",
        "      kind: triagevraag\n      purposes: [eerste_beeld,",
        "      kind: triagevraag\n      purposes: [monitoring,",
        "`monitoring` is no purpose of phase `triage`",
    ),
    (
        "ceilings.yaml",
        '        providers: [om]\n        reason: "Alleen of',
        '        providers: [ggd]\n        reason: "Alleen of',
        "`ggd` may not provide `strafvorderlijke_gegevens`",
    ),
    (
        "providers.yaml",
        "      - category: woonsituatie\n",
        "      - category: verzoeken_rechten\n",
        "nobody may provide `woonsituatie`",
    ),
]


@pytest.mark.parametrize(
    "breakage", [*DANGLING, *TWICE, *EMPTY, *KINDS, *FIELDS, *CELLS], ids=lambda b: f"{b[0]}-{b[3][:40]}"
)
def test_found(files: Files, breakage: Breakage) -> None:
    assert_found(files, breakage)


def assert_found(files: Files, breakage: Breakage) -> None:
    """Break one thing, and see it named at a line that there is."""
    name, old, new, says = breakage
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    with pytest.raises(PackError) as caught:
        parse(files)
    found = [one for one in caught.value.all if says in one.text]
    assert found, str(caught.value)
    lines = files[found[0].file].splitlines()
    assert 1 <= found[0].line <= len(lines)


def test_the_line_is_that_of_the_row(files: Files) -> None:
    files["ceilings.yaml"] = files["ceilings.yaml"].replace("[postcode, huisnummer]", "[postkode, huisnummer]", 1)
    with pytest.raises(PackError) as caught:
        parse(files)
    line = next(n for n, text in enumerate(files["ceilings.yaml"].splitlines(), 1) if "postkode" in text)
    assert str(caught.value) == (
        f"ceilings.yaml:{line}: `adresgegevens` has no field `postkode`; did you mean `postcode`?"
    )


def test_a_member_from_a_group_is_named_where_it_stands(files: Files) -> None:
    files["ceilings.yaml"] = files["ceilings.yaml"].replace("kind: triagevraag\n", "kind: triagevragen\n", 1)
    with pytest.raises(PackError) as caught:
        parse(files)
    line = next(n for n, text in enumerate(files["ceilings.yaml"].splitlines(), 1) if "triagevragen" in text)
    assert {one.line for one in caught.value.all} == {line}
    assert len(caught.value.all) == 1, "once, however many rows take it"


def broken(**members: Any) -> list[str]:
    """What the check says of the real pack with other members."""
    return [text for _, text in check(packs.load("zvh-protocol-2019").model_copy(update=members))]


@pytest.mark.parametrize("section", [name for name in Pack.model_fields if name not in {"absences", "phases"}])
def test_an_empty_section_is_found(section: str) -> None:
    pack = packs.load("zvh-protocol-2019")
    if isinstance(getattr(pack, section), tuple):
        said = broken(**{section: ()})
        assert any(f"`{section}` is empty" in text or f"is not under `{section}`" in text for text in said)


def test_no_phases_is_found() -> None:
    assert any("is not under `phases`" in text for text in broken(phases=()))


def test_a_copy_makes_its_own_look_ups() -> None:
    pack = packs.load("zvh-protocol-2019")
    assert pack.kind
    assert pack.model_copy(update={"kinds": ()}).kind == {}
    assert pack.category["relaties"].by_name
    assert pack.category["relaties"].model_copy(update={"fields": ()}).by_name == {}


def test_the_real_pack_is_whole() -> None:
    assert broken() == []


def test_a_new_kind_in_the_code_needs_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTS, "rondvraag", ACTS["aanmelding"])
    assert broken() == ["`rondvraag` has no row; every kind of this profile needs one"]
