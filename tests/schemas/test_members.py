"""The records of a house, folded: who belongs, since when, with which decrees, under which packs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schemas.ids import Address, Oin
from schemas.members import Members
from schemas.records import RECORDS, Accession, Record
from tests.making import DECREE, HOUSE, HOUSE_ID, MELDER, NOW, OTHER_PACK, PARTY, digest, pack

DECLARED = {"declared": date(2026, 1, 5), "screened": date(2024, 6, 1)}
PREPARED = {"dpia": "dpia 2026-0", "consulted": date(2026, 1, 6), "decision": "stuurgroep 2026-0"}
KEY = {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}
POLICE = PARTY["politie"]


def record(kind: str, **members: Any) -> Record:
    """One record of the house."""
    return RECORDS[kind].model_validate({"record": kind, "house": HOUSE_ID} | members)


GENESIS = record(
    "genesis",
    name="Huis",
    oin=HOUSE.oin,
    origin="localhost/drenthe/2026",
    log_key=KEY,
    receipt_key=KEY,
    chair=KEY,
    manager=KEY,
    pack=pack().digest,
    authorities=["AAAA"],
    witnesses={"witnesses": [], "quorum": 0},
    unsafe_sandbox=True,
    created=NOW,
    **PREPARED,
    **DECLARED,
)


COLLEGE_BW = {"function": "college_bw", "tasks": []}


def accession(oin: Oin, *addresses: dict[str, Any], **members: Any) -> Accession:
    """A party that accedes an hour later."""
    about = {"since": NOW + timedelta(hours=1)} | DECLARED | members
    made = record("toetreding", oin=oin, name="Partij", root="AAAA", addresses=addresses, **about)
    assert isinstance(made, Accession)
    return made


def test_the_house_is_its_own_first_member() -> None:
    members = Members.of([GENESIS])
    assert members.house_address == HOUSE
    assert set(members.parties) == {HOUSE}
    assert [(row.digest, row.until) for row in members.packs] == [(pack().digest, None)]


def test_records_begin_with_the_genesis() -> None:
    for rows in ([], [accession(MELDER.oin, {"function": "college_bw", "tasks": ["jeugdwet_2_3"]})]):
        with pytest.raises(ValueError, match="genesis"):
            Members.of(rows)


def test_a_party_has_an_address_for_each_function() -> None:
    joined = accession(
        MELDER.oin,
        {"function": "college_bw", "tasks": ["jeugdwet_2_3"]},
        {"function": "zorgaanbieder", "tasks": ["wmo_1_1_1"], "secrecy": ["wgbo_7_457"]},
    )
    parties = Members.of([GENESIS, joined]).parties
    other = parties[Address(f"{MELDER.oin}:zorgaanbieder")]
    assert (parties[MELDER].tasks, other.tasks, other.secrecy) == (("jeugdwet_2_3",), ("wmo_1_1_1",), ("wgbo_7_457",))
    assert parties[MELDER].since == NOW + timedelta(hours=1)
    assert parties[MELDER].left is None


def test_who_leaves_leaves_in_every_function() -> None:
    joined = accession(MELDER.oin, {"function": "college_bw", "tasks": []}, {"function": "burgemeester", "tasks": []})
    out = record("uittreding", oin=MELDER.oin, since=NOW + timedelta(days=2), ground="uittreding")
    parties = Members.of([GENESIS, joined, out]).parties
    assert {party.left for where, party in parties.items() if where.oin == MELDER.oin} == {NOW + timedelta(days=2)}
    assert parties[HOUSE].left is None


def test_a_new_accession_takes_the_place_of_the_one_before() -> None:
    both = accession(MELDER.oin, {"function": "college_bw", "tasks": []}, {"function": "burgemeester", "tasks": []})
    later = NOW + timedelta(days=2)
    fewer = both.model_copy(update={"addresses": accession(MELDER.oin, COLLEGE_BW).addresses, "since": later})
    parties = Members.of([GENESIS, both, fewer]).parties
    assert (parties[MELDER].since, parties[MELDER].left) == (later, None)
    assert parties[Address(f"{MELDER.oin}:burgemeester")].left == later
    # Leaving before it begins is leaving then; coming back brings only what the new accession names.
    out = record("uittreding", oin=MELDER.oin, since=NOW + timedelta(days=1), ground="uittreding")
    gone = Members.of([GENESIS, both, fewer, out]).parties
    assert {party.left for where, party in gone.items() if where.oin == MELDER.oin} == {NOW + timedelta(days=1)}
    back = Members.of([GENESIS, both, out, fewer]).parties
    assert back[MELDER].left is None
    assert back[Address(f"{MELDER.oin}:burgemeester")].left == NOW + timedelta(days=1)


def test_the_house_stays_whatever_its_organisation_accedes_with() -> None:
    parties = Members.of([GENESIS, accession(HOUSE.oin, COLLEGE_BW)]).parties
    assert parties[HOUSE].left is None
    assert Address(f"{HOUSE.oin}:college_bw") in parties


def test_a_decree_counts_for_its_party_alone() -> None:
    joined = accession(POLICE.oin, {"function": "politie", "tasks": ["politiewet_3"]})
    decree = record("artikel20_besluit", oin=POLICE.oin, digest=digest("besluit"), **DECREE.model_dump())
    parties = Members.of([GENESIS, joined, decree]).parties
    assert parties[POLICE].decrees == (DECREE,)
    assert parties[HOUSE].decrees == ()


def test_a_new_pack_ends_the_old_one() -> None:
    first, second = NOW + timedelta(days=1), NOW + timedelta(days=2)
    rows = [
        GENESIS,
        record("pack_besluit", pack=OTHER_PACK, since=first, **PREPARED),
        record("pack_besluit", pack=pack().digest, since=second, **PREPARED | {"dpia": "dpia 2026-2"}),
    ]
    packs = Members.of(rows).packs
    assert [(row.since, row.until) for row in packs] == [(NOW, first), (first, second), (second, None)]
    assert [row.dpia for row in packs] == ["dpia 2026-0", "dpia 2026-0", "dpia 2026-2"]
    assert {(row.consulted, row.decision) for row in packs} == {(date(2026, 1, 6), "stuurgroep 2026-0")}


def test_what_was_declared_stands_with_every_address_of_the_party() -> None:
    joined = accession(MELDER.oin, COLLEGE_BW, {"function": "burgemeester", "tasks": []})
    parties = Members.of([GENESIS, joined]).parties
    assert {(row.declared, row.screened) for row in parties.values()} == {(date(2026, 1, 5), date(2024, 6, 1))}


def test_a_screening_is_renewed_by_acceding_again_that_of_the_house_too() -> None:
    renewed = {"declared": date(2026, 3, 1), "screened": date(2026, 2, 1)}
    first = accession(MELDER.oin, COLLEGE_BW)
    for oin, address in ((MELDER.oin, MELDER), (HOUSE.oin, HOUSE)):
        again = accession(oin, COLLEGE_BW, **renewed)
        parties = Members.of([GENESIS, first, again]).parties
        assert (parties[address].declared, parties[address].screened) == (date(2026, 3, 1), date(2026, 2, 1))
        other = HOUSE if address == MELDER else MELDER
        assert (parties[other].declared, parties[other].screened) == (date(2026, 1, 5), date(2024, 6, 1))
        assert parties[HOUSE].since == NOW


def test_keys_are_not_the_business_of_members() -> None:
    key = record("partij_sleutel", address=MELDER, key=KEY, not_before=NOW, not_after=NOW + timedelta(days=1))
    revoked = record("sleutel_intrekking", address=MELDER, kid="A" * 43, since=NOW)
    assert Members.of([GENESIS, key, revoked]) == Members.of([GENESIS])
