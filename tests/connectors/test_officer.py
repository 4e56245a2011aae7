"""Chair and manager: two keys, two signatures, and no way around the second."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connectors import UseError, officer
from connectors.officer_forms import FORMS
from keys.identity import parse_record
from keys.jws import SigningKey
from schemas.records import Decree, Exit, PackDecision, SignedRecord
from tests.connectors.founding import HOUSE, NOW, PARTY_OIN, Founding, directory, founding, join, signed_genesis

DECREE = """\
id: besluit_1
oin: "{}"
basis: wpg_20
document: besluit.pdf
until: {}
"""


@pytest.fixture
def made(tmp_path: Path) -> Founding:
    return founding(tmp_path)


@pytest.fixture
def house(made: Founding) -> Founding:
    signed_genesis(made)
    return made


def form(made: Founding, text: str) -> Path:
    path = made.base / "form.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_key_is_made_once_and_private(tmp_path: Path) -> None:
    private, public, kid = officer.make_key(tmp_path / "new", "chair")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert officer.read_key(private).kid == kid
    assert officer.read_public(public) == officer.read_key(private).public
    with pytest.raises(UseError, match="already there"):
        officer.make_key(tmp_path / "new", "chair")
    assert officer.read_key(private).kid == kid


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    private, _, _ = officer.make_key(tmp_path, "manager")
    private.chmod(0o640)
    with pytest.raises(UseError, match="chmod 600"):
        officer.read_key(private)


def test_genesis_says_what_the_draft_says(made: Founding) -> None:
    both = signed_genesis(made)
    known = directory(both)
    assert known.house == HOUSE
    assert known.log_key.kid == made.log.kid
    assert known.digest_of_genesis == officer.digest_of(both)
    rows = dict(officer.sheet(both).rows)
    assert rows["Sleutel van het logboek"] == made.log.kid
    assert "zvh-protocol-2019" in rows["Protocolpakket"]
    assert "NIETS HIERIN IS ECHT" in rows["Proefhuis (unsafe_sandbox)"]


def test_one_officer_alone_makes_no_record(made: Founding) -> None:
    once = officer.begin("genesis", made.base / "genesis.yaml", made.key("chair"), None, NOW)
    assert once.second is None
    with pytest.raises(UseError, match="al ondertekend"):
        officer.countersign(once, made.key("chair"), None, NOW)


def test_a_stranger_signs_neither_first_nor_second(house: Founding) -> None:
    stranger = SigningKey.generate()
    with pytest.raises(UseError, match="niet van de voorzitter"):
        officer.begin("genesis", house.base / "genesis.yaml", stranger, None, NOW)
    once = officer.begin("genesis", house.base / "genesis.yaml", house.key("chair"), None, NOW)
    with pytest.raises(UseError, match="niet van de voorzitter"):
        officer.countersign(once, stranger, None, NOW)


def test_a_first_signature_that_does_not_hold_is_not_joined(house: Founding) -> None:
    """An officer must not lend a signature to what nobody signed: payload of one record, signature of another."""
    path = form(house, f'oin: "{PARTY_OIN}"\nground: uittreding\n')
    once = officer.begin("exit", path, house.key("chair"), house.genesis, NOW)
    other = officer.begin("genesis", house.base / "genesis.yaml", house.key("chair"), None, NOW)
    head, payload, _ = once.first.split(".")
    forged = SignedRecord(first=f"{head}.{payload}.{other.first.rsplit('.', 1)[1]}")
    with pytest.raises(UseError, match="signature"):
        officer.countersign(forged, house.key("manager"), house.genesis, NOW)


def test_a_signed_file_is_not_signed_a_third_time(house: Founding) -> None:
    both = officer.read_signed(house.genesis)
    with pytest.raises(UseError, match="al ondertekend"):
        officer.countersign(both, house.key("manager"), None, NOW)


def test_every_form_gives_its_record(house: Founding) -> None:
    genesis = officer.read_signed(house.genesis)
    party = join(house, "gemeente")
    (house.base / "besluit.pdf").write_bytes(b"besluit")
    texts = {
        "decree": DECREE.format(PARTY_OIN, "2027-01-01T00:00:00Z"),
        "pack": f"pack: {'C' * 42}A\ndpia: DPIA 2026-2\n",
        "exit": f'oin: "{PARTY_OIN}"\nground: uitsluiting\n',
        "revocation": f'address: "{PARTY_OIN}:college_bw"\nkid: {officer.sheet(party[1]).rows[2][1]}\n',
    }
    assert texts.keys() | {"accession"} == FORMS.keys()
    records = []
    for kind in ("decree", "pack", "revocation", "exit"):
        once = officer.begin(kind, form(house, texts[kind]), house.key("chair"), house.genesis, NOW)
        records.append(officer.countersign(once, house.key("manager"), house.genesis, NOW))
        assert officer.sheet(records[-1]).rows[0] == ("Huis", str(HOUSE))
    known = directory(genesis, *party, *records)
    assert known.left(PARTY_OIN) is not None
    kinds = [type(parse_record(record).record) for record in records]
    assert {Decree, PackDecision, Exit} < set(kinds)


class TestForms:
    """What a form gets wrong is said with file and line, before anybody signs."""

    def test_an_unknown_member_is_named_with_its_line(self, house: Founding) -> None:
        path = form(house, f'oin: "{PARTY_OIN}"\ngruond: uittreding\n')
        with pytest.raises(UseError, match=r"form\.yaml:2:.*did you mean `ground`"):
            officer.begin("exit", path, house.key("chair"), house.genesis, NOW)

    def test_an_unknown_function_is_named_with_the_nearest(self, house: Founding) -> None:
        join(house, "gemeente")
        text = (house.base / "gemeente.yaml").read_text().replace("college_bw", "colege_bw")
        with pytest.raises(UseError, match=r"form\.yaml:5:.*college_bw"):
            officer.begin("accession", form(house, text), house.key("chair"), house.genesis, NOW)

    def test_a_root_of_another_party_is_refused_before_signing(self, house: Founding) -> None:
        join(house, "gemeente")
        text = (house.base / "gemeente.yaml").read_text().replace(PARTY_OIN, "00000099000000007000")
        with pytest.raises(UseError, match=r"form\.yaml:3:.*another OIN"):
            officer.begin("accession", form(house, text), house.key("chair"), house.genesis, NOW)

    def test_an_unknown_pack_is_refused_before_signing(self, made: Founding) -> None:
        text = (made.base / "genesis.yaml").read_text().replace("zvh-protocol-2019", "zvh-protocol-2091")
        with pytest.raises(UseError, match=r"form\.yaml:9:.*zvh-protocol-2019"):
            officer.begin("genesis", form(made, text), made.key("chair"), None, NOW)

    def test_a_decree_that_is_over_is_refused(self, house: Founding) -> None:
        (house.base / "besluit.pdf").write_bytes(b"besluit")
        text = DECREE.format(PARTY_OIN, "2020-01-01T00:00:00Z")
        with pytest.raises(UseError, match=r"form\.yaml:5:"):
            officer.begin("decree", form(house, text), house.key("chair"), house.genesis, NOW)

    def test_without_genesis_no_record(self, house: Founding) -> None:
        path = form(house, f'oin: "{PARTY_OIN}"\nground: uittreding\n')
        with pytest.raises(UseError, match="--genesis"):
            officer.begin("exit", path, house.key("chair"), None, NOW)


def test_a_partys_own_key_record_is_not_for_officers(house: Founding) -> None:
    records = join(house, "gemeente")
    with pytest.raises(UseError, match="partij zelf"):
        officer.countersign(records[1], house.key("chair"), house.genesis, NOW)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"first": "x"}', '{"first": "a.b.c", "third": 1}'])
def test_what_is_no_record_is_said_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(UseError, match=r"geen ondertekend besluit|klopt niet"):
        officer.sheet(officer.read_signed(path))
