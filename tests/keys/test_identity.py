"""Who vouches for what: a good chain answers, every other chain is refused with the record and the reason."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from keys import KeyRecordError, pki
from keys.identity import Directory, parse_record, record_bytes, sign_record
from keys.jws import SigningKey
from schemas import canonical
from schemas.ids import Address, Kid, Oin, Term
from schemas.records import AddressGrant
from tests.keys.house import (
    CHAIR,
    FIRST_PACK,
    LOG,
    MANAGER,
    NEXT_PACK,
    NOW,
    OIN,
    OTHER_OIN,
    POLICE,
    RECEIPTS,
    ROOT,
    SIGNER,
    STRANGER,
    accession,
    authority,
    certificate,
    decree,
    directory,
    founded,
    genesis,
    key,
    later,
    leaving,
    pack,
    party_key,
    revocation,
    signed,
)


def code_of(house: Directory, at: datetime, kid: Kid = SIGNER.kid) -> str | None:
    try:
        house.signing_key(kid, at)
    except KeyRecordError as error:
        return error.code
    return None


def test_a_good_chain_answers() -> None:
    house = directory()
    assert house.genesis == genesis()
    assert house.house == "noord"
    assert house.count == 3
    assert house.digest_of_genesis == canonical.digest(canonical.encode(genesis().model_dump(mode="json")))
    assert [officer.kid for officer in house.officers] == [CHAIR.kid, MANAGER.kid]
    assert (house.log_key.kid, house.receipt_key.kid) == (LOG.kid, RECEIPTS.kid)
    assert house.authorities == (pki.der_of(authority().certificate),)
    assert house.oins == (OIN,)
    assert house.accession(OIN) == accession() == house.member(OIN, later(5))
    assert house.acceded(OIN) == later(1)
    assert house.left(OIN) is None
    grant = house.grant(POLICE)
    assert grant is not None
    assert grant.function == "politie"
    root = house.root_key(OIN)
    assert root is not None
    assert root.kid == ROOT.kid
    found, address = house.signing_key(SIGNER.kid, later(3))
    assert (found.kid, address) == (SIGNER.kid, POLICE)
    assert [one.kid for one in house.signing_keys(POLICE, later(3))] == [SIGNER.kid]
    assert house.packs() == {FIRST_PACK: (NOW, None)}
    assert house.decrees(OIN, NOW) == ()


def test_of_a_stranger_nothing_is_known() -> None:
    house = directory()
    address = Address(f"{OTHER_OIN}:politie")
    assert house.accession(OTHER_OIN) is None
    assert house.acceded(OTHER_OIN) is None
    assert house.left(OTHER_OIN) is None
    assert house.member(OTHER_OIN, NOW) is None
    assert house.root_key(OTHER_OIN) is None
    assert house.grant(address) is None
    assert house.grant(address, later(3)) is None
    assert house.grant(Address(f"{OIN}:ggz")) is None
    assert house.signing_keys(address, later(3)) == ()
    assert code_of(house, later(3), STRANGER.kid) == "sleutel_onbekend"


def test_a_key_counts_from_its_entry_until_its_end() -> None:
    house = directory()
    end = NOW + timedelta(days=90)
    assert code_of(house, later(2) - timedelta(seconds=1)) == "sleutel_onbekend"
    assert code_of(house, later(2)) is None
    assert code_of(house, end - timedelta(seconds=1)) is None
    assert code_of(house, end) == "sleutel_verlopen"
    late = Directory.of(founded().then(signed(party_key(key=STRANGER.public, not_before=later(20)), ROOT, None)).all)
    assert code_of(late, later(19), STRANGER.kid) == "sleutel_onbekend"
    assert code_of(late, later(20), STRANGER.kid) is None
    assert [one.kid for one in late.signing_keys(POLICE, later(4))] == [SIGNER.kid]
    assert [one.kid for one in late.signing_keys(POLICE, later(20))] == [SIGNER.kid, STRANGER.kid]


@pytest.mark.parametrize("since", [NOW, later(100)])
@pytest.mark.parametrize("signers", [(ROOT, None), (CHAIR, MANAGER), (MANAGER, CHAIR)])
def test_a_revocation_works_at_its_entry(signers: tuple[SigningKey, SigningKey | None], since: datetime) -> None:
    house = directory(signed(revocation(since=since), *signers))
    assert code_of(house, later(3) - timedelta(seconds=1)) is None
    assert code_of(house, later(3)) == "sleutel_ingetrokken"
    again = house.add(signed(revocation(), ROOT, None), later(9))
    assert code_of(again, later(3)) == "sleutel_ingetrokken"


@pytest.mark.parametrize("since", [NOW, later(100)])
def test_an_exit_works_at_its_entry(since: datetime) -> None:
    house = directory(signed(leaving(since=since)))
    assert house.left(OIN) == later(3)
    assert house.accession(OIN) is not None
    assert house.grant(POLICE) is None
    assert house.grant(POLICE, later(2)) is not None
    assert house.grant(POLICE, later(3)) is None
    assert code_of(house, later(2)) is None
    assert code_of(house, later(3)) == "sleutel_ingetrokken"
    with pytest.raises(KeyRecordError, match="left the house"):
        house.add(signed(party_key(key=STRANGER.public), ROOT, None), later(4))
    with pytest.raises(KeyRecordError, match="left already"):
        house.add(signed(leaving()), later(4))


def test_a_party_may_come_back_but_was_out_between() -> None:
    house = directory(signed(leaving()), signed(accession(since=later(9))))
    assert house.left(OIN) is None
    assert house.acceded(OIN) == later(9)
    assert [house.member(OIN, later(hour)) is not None for hour in (2, 3, 5, 9)] == [True, False, False, True]
    assert [code_of(house, later(hour)) for hour in (2, 3)] == [None, "sleutel_ingetrokken"]


@pytest.mark.parametrize("root", [ROOT, key(77)])
def test_who_comes_back_comes_back_without_its_old_keys(root: SigningKey) -> None:
    house = directory(signed(leaving()), signed(accession(root=certificate(root))))
    assert house.grant(POLICE, later(4)) is not None
    assert code_of(house, later(4)) == "sleutel_ingetrokken"
    assert house.signing_keys(POLICE, later(4)) == ()
    fresh = house.add(signed(party_key(key=STRANGER.public), root, None), later(5))
    assert [one.kid for one in fresh.signing_keys(POLICE, later(5))] == [STRANGER.kid]
    # What was signed in its time stays signed.
    assert code_of(fresh, later(2)) is None


def test_a_key_goes_with_its_function() -> None:
    ggz = (AddressGrant(function=Term("ggz"), tasks=()),)
    house = directory(signed(accession(addresses=ggz, since=later(9))))
    assert [code_of(house, later(hour)) for hour in (3, 9)] == [None, "sleutel_ingetrokken"]
    both = (*accession().addresses, *ggz)
    wider = directory(signed(accession(addresses=both, since=later(9))))
    assert [code_of(wider, later(hour)) for hour in (3, 9)] == [None, None]


def test_a_key_is_known_also_when_it_counts_no_longer() -> None:
    house = directory(signed(leaving()))
    found, address = house.recorded_key(SIGNER.kid)
    assert (found.kid, address) == (SIGNER.kid, POLICE)
    with pytest.raises(KeyRecordError) as caught:
        house.recorded_key(STRANGER.kid)
    assert caught.value.code == "sleutel_onbekend"


def test_a_second_exit_leaves_the_first_one_standing() -> None:
    house = directory(signed(leaving()), signed(accession()), signed(leaving()))
    members = [house.member(OIN, moment) is not None for moment in (later(2), later(3.5), later(4), later(5))]
    assert members == [True, False, True, False]


def test_an_exit_also_ends_an_accession_that_has_not_begun() -> None:
    house = directory(signed(accession(since=later(9))), signed(leaving()))
    assert house.member(OIN, later(3)) is not None
    assert house.member(OIN, later(4)) is None
    assert house.member(OIN, later(10)) is None


def test_capacities_change_by_a_new_accession() -> None:
    grants = (AddressGrant(function=Term("ggz"), tasks=()),)
    house = directory(signed(accession(addresses=grants, since=later(9))))
    ggz = Address(f"{OIN}:ggz")
    assert [house.grant(POLICE, later(hour)) is not None for hour in (3, 9)] == [True, False]
    assert [house.grant(ggz, later(hour)) is not None for hour in (3, 9)] == [False, True]
    assert house.grant(ggz) is not None


def test_a_renewed_root_takes_over() -> None:
    fresh = key(40)
    house = directory(signed(accession(root=certificate(fresh))))
    assert code_of(house, later(4)) is None
    with pytest.raises(KeyRecordError, match="root of that party signs"):
        house.add(signed(party_key(key=STRANGER.public), ROOT, None), later(5))
    assert (
        code_of(house.add(signed(party_key(key=STRANGER.public), fresh, None), later(5)), later(5), STRANGER.kid)
        is None
    )


def test_packs_follow_each_other() -> None:
    house = directory(signed(pack(since=NOW)))
    assert house.packs() == {FIRST_PACK: (NOW, later(3)), NEXT_PACK: (later(3), None)}
    planned = directory(signed(pack(since=later(50))))
    assert planned.packs() == {FIRST_PACK: (NOW, later(50)), NEXT_PACK: (later(50), None)}
    with pytest.raises(KeyRecordError, match="new version"):
        planned.add(signed(pack(pack=FIRST_PACK, since=later(60))), later(51))
    with pytest.raises(KeyRecordError, match="after the one it follows"):
        planned.add(signed(pack(pack=type(NEXT_PACK)("D" * 42 + "A"))), later(4))


def test_decrees_have_a_term_and_can_be_replaced() -> None:
    shorter = decree(until=later(10))
    house = directory(signed(decree()), signed(decree(id=Term("besluit_2"))), signed(shorter))
    assert house.decrees(OIN, later(2)) == ()
    assert house.decrees(OIN, later(3)) == (decree(),)
    assert house.decrees(OIN, later(5)) == (shorter, decree(id=Term("besluit_2")))
    assert house.decrees(OIN, later(10)) == (decree(id=Term("besluit_2")),)


def test_adding_leaves_the_directory_as_it_was() -> None:
    house = directory()
    for record in (leaving(), pack(), decree(), accession(name="Anders")):
        assert house.add(signed(record), later(5)).count == 4
    assert house.add(signed(revocation(), ROOT, None), later(5)) != house
    assert house.add(signed(party_key(key=STRANGER.public), ROOT, None), later(5)) != house
    assert house == directory()
    with pytest.raises(KeyRecordError, match=r"record 4 \(uittreding\)"):
        house.add(signed(leaving(), CHAIR, None), later(5))
    assert house == directory()


def test_a_record_reads_and_its_leaf_holds_both_signatures() -> None:
    made = signed(leaving())
    record, payload, kids = parse_record(made)
    assert (record, payload, kids) == (
        leaving(),
        canonical.encode(leaving().model_dump(mode="json")),
        (CHAIR.kid, MANAGER.kid),
    )
    assert json.loads(record_bytes(made)) == {"first": made.first, "second": made.second}
    alone = signed(party_key(), ROOT, None)
    assert json.loads(record_bytes(alone)) == {"first": alone.first}
    assert parse_record(alone).kids == (ROOT.kid,)
    assert sign_record(leaving(), CHAIR) == made.first


def test_house_has_an_own_oin() -> None:
    assert Oin("00000099000000009000") == Directory.of(founded().all).genesis.oin
