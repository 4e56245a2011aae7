"""What follows from an allowed message, as ids and codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.acts import ACTS
from schemas.effects import Effect, effects_of
from schemas.ids import Address
from schemas.rules.matter import Matter
from tests.making import (
    COLLEGE,
    HOUSE,
    MELDER,
    NOW,
    agreed,
    digest,
    facts_for,
    item_of,
    manifest_of,
    message_id,
    pack,
    reference,
)
from tests.schemas.folding import GGD, GGZ, begun, origins, permission, withdrawal

USE = {"phase": "casusoverleg", "purpose": "plan_van_aanpak", "holder": "college_bw"}
ITEM = reference("gegeven")
AGREED = agreed(item_of("gezondheid", ("problematiek",), "S", GGZ) | {"item": ITEM})
DECIDED = {"decided_on": date(2026, 3, 10), "reason": "overleg_nodig"}


def effects(kind: str, sender: Address, act: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """What follows from a message of this kind."""
    acted: dict[str, Any] = {} if act is None else {"act": act}
    manifest = manifest_of(kind, sender, HOUSE if sender != HOUSE else COLLEGE, **acted)
    return [(row.what, row.value) for row in effects_of(Matter(pack(), facts_for(manifest), manifest, NOW))]


@pytest.mark.parametrize(
    ("kind", "sender", "act", "expected"),
    [
        ("casus_uitnodiging", HOUSE, {"admit": [GGZ, GGD], "agreement": message_id("x")}, ["deelnemer", GGZ, GGD]),
        ("deelname_einde", GGZ, {"remove": [GGZ], "reason": "klaar"}, ["deelname_beeindigd", GGZ]),
        ("correctie", GGZ, {"items": origins(GGZ)}, ["gestopt", ITEM]),
        ("beperking", GGZ, {"items": origins(GGZ), "ground": "betwist"}, ["beperkt", ITEM]),
        ("beperking_einde", GGZ, {"items": origins(GGZ), "reason": "klaar"}, ["beperking_beeindigd", ITEM]),
        ("doorverstrekking_akkoord", GGZ, permission(), ["doorverstrekking", GGD]),
        ("vernietig_opdracht", HOUSE, {"scope": "item", "ids": [ITEM]}, ["te_vernietigen", ITEM]),
        (
            "vernietigd",
            GGZ,
            {"scope": "phase", "ids": ["triage"], "generation": [1, 2], "method": "sleutel", "backend": "bestand"},
            ["vernietigd", "triage"],
        ),
        (
            "termijn_besluit",
            HOUSE,
            {"scope": "archivering", "until": NOW, "reason": "klacht"},
            ["termijn", "archivering"],
        ),
        ("akkoord_verzoek", HOUSE, {"items": origins(GGZ), "for": USE, "until": NOW}, ["akkoord_gevraagd", ITEM]),
        ("inbreng", GGZ, None, []),
        ("plan_van_aanpak", HOUSE, None, []),
        ("actie", GGZ, {"agreement": message_id("x")}, []),
        ("sleutel_verzoek", MELDER, None, []),
    ],
)
def test_each_act_changes_what_it_says(
    kind: str, sender: Address, act: dict[str, Any] | None, expected: list[str]
) -> None:
    what, *values = expected or [""]
    assert effects(kind, sender, act) == [(what, value) for value in values]


@pytest.mark.parametrize("word", ["akkoord", "geen_akkoord", "ingetrokken"])
def test_an_agreement_changes_what_its_decision_says(word: str) -> None:
    act = {"items": [AGREED], "for": USE, "until": NOW, "decision": word}
    assert effects("akkoord", GGZ, act) == [(word, ITEM)]


def test_a_withdrawal_takes_the_consent_back_and_stops_what_rested_on_it() -> None:
    act = withdrawal(*origins(GGZ, "een", "twee"))
    assert effects("toestemming_ingetrokken", GGZ, act) == [
        ("toestemming_ingetrokken", act["consent"]),
        ("gestopt", reference("een")),
        ("gestopt", reference("twee")),
    ]


def test_a_decision_moves_the_case_or_is_recorded() -> None:
    moved = {"decision": "in_casusoverleg", "from": "triage", "to": "casusoverleg", "casusregie": GGZ} | DECIDED
    assert effects("fase_besluit", HOUSE, moved) == [("fase", "casusoverleg"), ("casusregie", GGZ)]
    stays = {"decision": "opschaling", "from": "casusoverleg", "to": "casusoverleg"} | DECIDED
    assert effects("fase_besluit", HOUSE, stays) == [("besluit", "opschaling")]


def test_opening_joining_keys_receipts_and_notices() -> None:
    assert effects("aanmelding_start", MELDER, {"mandate": "x"}) == [("casus_geopend", reference("casus"))]
    assert effects("sleutel_verzoek", HOUSE) == [("toegevoegd", COLLEGE)]
    (key,) = begun().give_key(GGZ).manifest.model_dump(by_alias=True)["act"]["keys"]
    assert effects("sleutel", GGZ, {"keys": [key]}) == [("sleutel", key["kid"])]
    receipt = {"of": message_id("x"), "manifest_sha256": digest("m"), "sealed_sha256": digest("s"), "result": "filed"}
    assert effects("ontvangst", GGZ, receipt) == [("ontvangen", message_id("x"))]
    told = {"subjects": [reference("iemand")], "at": date(2026, 3, 9), "how": "brief"}
    assert effects("geinformeerd", GGZ, told) == [("geinformeerd", reference("iemand"))]


def test_what_follows_is_text_whatever_the_message_leaves_out() -> None:
    unnamed = manifest_of("aanmelding_start", MELDER, HOUSE, case=None, act={"mandate": "x"})
    assert effects_of(Matter(pack(), facts_for(unnamed), unnamed, NOW)) == (Effect("casus_geopend", ""),)


def test_kinds_of_which_nothing_follows() -> None:
    said = {"decision": "in_triage", "reason": "criteria_voldaan"}
    assert effects("aanmelding_besluit", HOUSE, said) == []
    assert effects("aanmelding", MELDER) == []
    unknown = manifest_of("aanmelding", MELDER, HOUSE).model_copy(update={"kind": "onbekend", "act": None})
    assert effects_of(Matter(pack(), facts_for(unknown), unknown, NOW)) == ()
    assert "onbekend" not in ACTS
