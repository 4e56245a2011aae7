"""What does not count: wrong signers, wrong contents, a wrong form; each refused by number and reason."""

from __future__ import annotations

import json

import pytest

from keys import KeyRecordError, jws, pki
from keys.identity import Directory, parse_record, record_bytes, sign_record
from keys.jws import SigningKey
from keys.merkle import record_leaf
from keys.tiles import ENTRY_LIMIT
from keys.vouching import RECORD_LIMIT, RECORD_TYPE
from schemas import canonical
from schemas.ids import Address, HouseId, Term
from schemas.records import AddressGrant, OkpKey, Record, SignedRecord
from schemas.strict import encode_base64url
from tests.keys.house import (
    CHAIR,
    LOG,
    MANAGER,
    NOW,
    OIN,
    OTHER_OIN,
    RECEIPTS,
    ROOT,
    SIGNER,
    STRANGER,
    Records,
    accession,
    authority,
    certificate,
    decree,
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


def by(*signers: SigningKey) -> list[tuple[SigningKey, SigningKey | None]]:
    return [(one, two) for one in signers for two in (*signers, None) if one is not two]


WRONG_OFFICERS = [pair for pair in by(CHAIR, MANAGER, ROOT, STRANGER, SIGNER, LOG) if set(pair) != {CHAIR, MANAGER}]


def refused(records: Records, text: str) -> None:
    with pytest.raises(KeyRecordError, match=text) as caught:
        Directory.of(records.all)
    assert str(caught.value).startswith(f"record {len(records.all)} (")


def test_what_officers_sign_nobody_else_can() -> None:
    tried = 0
    for record in (accession(name="Anders"), leaving(), pack(), decree()):
        for pair in WRONG_OFFICERS:
            if pair[0] != pair[1]:
                refused(founded().then(signed(record, *pair)), "chair and manager both sign")
                tried += 1
    for pair in WRONG_OFFICERS:
        refused(Records().then(signed(genesis(), *pair)), "chair and manager both sign")
    assert tried == 4 * 34


def test_what_the_root_signs_nobody_else_can() -> None:
    for record in (party_key(key=STRANGER.public), revocation()):
        for pair in by(CHAIR, MANAGER, ROOT, STRANGER, SIGNER):
            if pair == (ROOT, None) or (record == revocation() and set(pair) == {CHAIR, MANAGER}):
                continue
            refused(founded().then(signed(record, *pair)), "root of that party|chair and manager both")


def forged(record: Record, claimed: SigningKey, real: SigningKey) -> str:
    """A JWS that names one key and is signed by another."""
    text = sign_record(record, claimed)
    head = text.rsplit(".", 1)[0]
    return f"{head}.{sign_bytes(head, real)}"


def sign_bytes(text: str, signer: SigningKey) -> str:
    return encode_base64url(signer.sign_bytes(text.encode()))


def test_a_claimed_kid_is_not_a_signature() -> None:
    for first, second in [
        (forged(leaving(), CHAIR, STRANGER), sign_record(leaving(), MANAGER)),
        (sign_record(leaving(), CHAIR), forged(leaving(), MANAGER, CHAIR)),
    ]:
        refused(founded().then(SignedRecord(first=first, second=second)), "does not hold")
    own = forged(party_key(key=STRANGER.public), ROOT, SIGNER)
    refused(founded().then(SignedRecord(first=own)), "does not hold")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (genesis(manager=CHAIR.public), "a key of their own"),
        (genesis(chair=LOG.public), "never holds an officer"),
        (genesis(manager=RECEIPTS.public), "never holds an officer"),
        (genesis(origin="broker.example/zuid/2026"), "another house"),
        (genesis(authorities=("?",)), "authority in genesis"),
        (genesis(authorities=(certificate(),)), "not that of an authority"),
        (genesis(log_key=OkpKey(kty="OKP", crv="Ed25519", x="A" * 43)), "small order"),
    ],
)
def test_a_genesis_that_does_not_hold(record: Record, reason: str) -> None:
    refused(Records().then(signed(record)), reason)


def test_genesis_comes_first_and_once() -> None:
    with pytest.raises(KeyRecordError, match="without records"):
        Directory.of([])
    refused(Records().then(signed(accession())), "first record of a house")
    refused(founded().then(signed(genesis())), "one genesis")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (accession(house=HouseId("zuid")), "another house"),
        (accession(root="?"), "base64 DER"),
        (accession(root="AAAA"), "not a certificate"),
        (accession(root=certificate(oin=OTHER_OIN)), "another OIN"),
        (accession(root=certificate(issuer="Andere CA")), "does not name"),
        (accession(root=certificate(SIGNER)), "serves for something else"),
        (accession(root=certificate(CHAIR)), "serves for something else"),
        (accession(root=certificate(ROOT, OTHER_OIN), oin=OTHER_OIN), "serves for something else"),
        (accession(root=certificate(days=0)), "not valid at that time"),
        (accession(addresses=(AddressGrant(function=Term("ggz"), tasks=()),) * 2), "twice"),
        (leaving(oin=OTHER_OIN), "no accession"),
        (decree(oin=OTHER_OIN), "no accession"),
        (decree(until=NOW), "ends before"),
    ],
)
def test_records_of_the_officers_that_do_not_hold(record: Record, reason: str) -> None:
    refused(founded().then(signed(record)), reason)


@pytest.mark.parametrize(
    ("record", "member"),
    [
        *((pack(), name) for name in ("dpia", "consulted", "decision")),
        *((accession(), name) for name in ("declared", "screened")),
    ],
)
def test_what_was_not_prepared_is_no_record(record: Record, member: str) -> None:
    """Both officers sign, and it is still nothing: no pack without a DPIA (15), no party without secrecy (13)."""
    payload = record.model_dump(mode="json")
    whole, less = canonical.encode(payload), canonical.encode({k: v for k, v in payload.items() if k != member})
    both = [
        SignedRecord(first=jws.sign(data, CHAIR, RECORD_TYPE), second=jws.sign(data, MANAGER, RECORD_TYPE))
        for data in (whole, less)
    ]
    Directory.of(founded().then(both[0]).all)
    refused(founded().then(both[1]), f"wrong or missing members: {member}$")


def test_the_name_of_a_foreign_member_is_not_repeated() -> None:
    """An error text ends in logs and on screens; what stands where a name should be may be anything."""
    payload = {**accession().model_dump(mode="json"), "Testpersoon Mees": 1}
    payload["addresses"] = [{**payload["addresses"][0], "0612345678": 1}]
    data = canonical.encode(payload)
    both = SignedRecord(first=jws.sign(data, CHAIR, RECORD_TYPE), second=jws.sign(data, MANAGER, RECORD_TYPE))
    refused(founded().then(both), r"members: \(unknown member\), addresses, addresses\.0\.\(unknown member\)$")


def test_a_root_with_a_tls_key_is_refused() -> None:
    csr = pki.request(pki.TlsKey.generate(), OIN, "Proefpartij")
    root = pki.to_record(pki.issue(authority(), csr, NOW, 30))
    refused(founded().then(signed(accession(root=root))), "Ed25519")


def test_an_accession_does_not_begin_before_the_one_it_follows() -> None:
    refused(founded().then(signed(accession(since=later(50))), signed(accession())), "begins before")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (party_key(), "in use already"),
        (party_key(key=ROOT.public), "in use already"),
        (party_key(key=LOG.public), "in use already"),
        (party_key(key=STRANGER.public, not_after=NOW), "ends before"),
        (party_key(key=STRANGER.public, address=Address(f"{OIN}:ggz")), "does not name this function"),
        (party_key(key=STRANGER.public, address=Address(f"{OTHER_OIN}:politie")), "no accession"),
        (party_key(key=OkpKey(kty="OKP", crv="Ed25519", x="A" * 43)), "small order"),
        (revocation(kid=STRANGER.kid), "no such key"),
        (revocation(address=Address(f"{OIN}:ggz")), "no such key"),
    ],
)
def test_records_of_a_root_that_do_not_hold(record: Record, reason: str) -> None:
    refused(founded().then(signed(record, ROOT, None)), reason)


def test_an_unfit_key_keeps_its_code() -> None:
    weak = party_key(key=OkpKey(kty="OKP", crv="Ed25519", x="A" * 43))
    with pytest.raises(KeyRecordError) as caught:
        Directory.of(founded().then(signed(weak, ROOT, None)).all)
    assert caught.value.code == "sleutel_ongeschikt"


def test_another_party_cannot_record_or_revoke_keys_of_this_one() -> None:
    theirs = key(50)
    other = accession(oin=OTHER_OIN, root=certificate(theirs, OTHER_OIN))
    records = founded().then(signed(other))
    assert Directory.of(records.all).oins == (OIN, OTHER_OIN)
    refused(records.then(signed(party_key(key=STRANGER.public), theirs, None)), "root of that party")
    refused(records.then(signed(revocation(), theirs, None)), "root of that party")


def test_an_expired_root_certificate_records_no_keys() -> None:
    short = Records().then(signed(genesis()), signed(accession(root=certificate(days=1))))
    house = Directory.of(short.all)
    assert house.add(signed(party_key(), ROOT, None), later(5)).count == 3
    with pytest.raises(KeyRecordError, match="not valid at that time"):
        house.add(signed(party_key(), ROOT, None), later(30))


def raw(payload: bytes, *signers: SigningKey, typ: str = RECORD_TYPE) -> SignedRecord:
    texts = [jws.sign(payload, signer, typ) for signer in signers]
    return SignedRecord(first=texts[0], second=texts[1] if len(texts) > 1 else None)


def test_two_signatures_at_the_limit_fit_a_leaf() -> None:
    longest = SignedRecord(first="x" * RECORD_LIMIT, second="y" * RECORD_LIMIT)
    assert len(record_leaf(record_bytes(longest))) <= ENTRY_LIMIT
    large = raw(canonical.encode({"record": "x" * RECORD_LIMIT}), CHAIR)
    with pytest.raises(KeyRecordError, match="more than"):
        parse_record(large)


GOOD = canonical.encode(leaving().model_dump(mode="json"))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (raw(b"[]", CHAIR, MANAGER), "not a signed record"),
        (raw(b"{", CHAIR, MANAGER), "not a signed record"),
        (raw(b"{}", CHAIR, MANAGER), "kind that is not known"),
        (raw(b'{"record":[]}', CHAIR, MANAGER), "kind that is not known"),
        (raw(b'{"record":"getuigen_besluit"}', CHAIR, MANAGER), "kind that is not known"),
        (raw(b'{"record":"uittreding","record":"uittreding"}', CHAIR, MANAGER), "not a signed record"),
        (
            raw(b'{"record":"uittreding"}', CHAIR, MANAGER),
            "uittreding: wrong or missing members: ground, house, oin, since",
        ),
        (raw(json.dumps(json.loads(GOOD), indent=1).encode(), CHAIR, MANAGER), "canonical form"),
        (raw(GOOD, CHAIR, MANAGER, typ="keten-manifest+jws"), "not a signed record"),
        (raw(GOOD, CHAIR, CHAIR), "of one key"),
        (SignedRecord(first="x.y.z"), "not a signed record"),
        (SignedRecord(first=sign_record(leaving(), CHAIR), second=sign_record(pack(), MANAGER)), "not over the same"),
    ],
)
def test_what_is_no_record_is_refused(record: SignedRecord, reason: str) -> None:
    with pytest.raises(KeyRecordError, match=reason):
        parse_record(record)
    refused(founded().then(record), reason)


def test_errors_quote_no_values() -> None:
    bad = json.loads(GOOD) | {"oin": "niet voor het logboek"}
    with pytest.raises(KeyRecordError) as caught:
        parse_record(raw(canonical.encode(bad), CHAIR, MANAGER))
    assert "niet voor" not in str(caught.value)
    assert caught.value.__suppress_context__
