"""Chair and manager: two keys, two signatures, and no way around the second."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from connectors import UseError, officer, officer_days
from connectors.officer_forms import FORMS
from keys import KeyRecordError
from keys.identity import parse_record
from keys.jws import SigningKey
from schemas import packs
from schemas.records import Decree, Exit, PackDecision, SignedRecord
from tests.connectors.founding import HOUSE, NOW, PARTY_OIN, Founding, directory, founding, join, signed_genesis

DECREE = """\
id: besluit_1
oin: "{}"
basis: wpg_20
document: besluit.pdf
until: {}
"""
PACK = """\
pack: {}
dpia: DPIA 2026-2
consulted: 2026-11-09
decision: stuurgroep 2026-11-20, punt 4
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
        "pack": PACK.format("C" * 42 + "A"),
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

    @pytest.mark.rule("6.4d", part="R", shows="refused")
    def test_a_decree_that_is_over_is_refused(self, house: Founding) -> None:
        (house.base / "besluit.pdf").write_bytes(b"besluit")
        text = DECREE.format(PARTY_OIN, "2020-01-01T00:00:00Z")
        with pytest.raises(UseError, match=r"form\.yaml:5:"):
            officer.begin("decree", form(house, text), house.key("chair"), house.genesis, NOW)

    def test_without_genesis_no_record(self, house: Founding) -> None:
        path = form(house, f'oin: "{PARTY_OIN}"\nground: uittreding\n')
        with pytest.raises(UseError, match="--genesis"):
            officer.begin("exit", path, house.key("chair"), None, NOW)


class TestDays:
    """What has to come first is asked for, and a day that does not work is refused with the one that does."""

    @pytest.mark.parametrize("member", ["dpia", "consulted", "decision", "declared", "screened"])
    def test_what_is_left_out_is_explained(self, made: Founding, member: str) -> None:
        lines = (made.base / "genesis.yaml").read_text().splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith(f"{member}:"))
        with pytest.raises(UseError, match=rf"`{member}`: is missing.*{re.escape(officer_days.ASKED[member][:20])}"):
            officer.begin("genesis", form(made, text), made.key("chair"), None, NOW)

    def test_fgs_get_their_days(self, house: Founding) -> None:
        """NOW is the 23rd: the 9th is fourteen days ago, the 10th is not."""
        text = PACK.format("C" * 42 + "A")
        late = form(house, text.replace("2026-11-09", "2026-11-10"))
        with pytest.raises(UseError, match=r"form\.yaml:3:.*eerste dag waarop dit kan ingaan is 2026-11-24"):
            officer.begin("pack", late, house.key("chair"), house.genesis, NOW)
        later = form(house, text.replace("2026-11-09", "2026-11-10") + 'since: "2026-11-24T00:00:00Z"\n')
        signed = officer.begin("pack", later, house.key("chair"), house.genesis, NOW)
        assert dict(officer.sheet(signed).rows)["Aan de fg's voorgelegd op"] == "2026-11-10"

    def test_also_before_the_first_pack(self, made: Founding) -> None:
        text = (made.base / "genesis.yaml").read_text().replace("2026-11-09", "2026-11-23")
        with pytest.raises(UseError, match=r"form\.yaml:13:.*2026-12-07"):
            officer.begin("genesis", form(made, text), made.key("chair"), None, NOW)

    @pytest.mark.parametrize(
        ("was", "becomes", "said"),
        [
            ("consulted: 2026-11-09", "consulted: 2026-11-24", r"`consulted`: 2026-11-24 ligt in de toekomst"),
            ("declared: 2026-11-20", "declared: 2026-11-24", r"`declared`: 2026-11-24 ligt in de toekomst"),
            ("screened: 2024-05-01", "screened: 2026-11-24", r"`screened`: 2026-11-24 ligt in de toekomst"),
            ("screened: 2024-05-01", "screened: 2023-11-23", r"`screened`:.*1095 dagen.*van 2023-11-24 zijn"),
        ],
    )
    def test_days_that_do_not_work(self, made: Founding, was: str, becomes: str, said: str) -> None:
        text = (made.base / "genesis.yaml").read_text()
        assert was in text
        with pytest.raises(UseError, match=said):
            officer.begin("genesis", form(made, text.replace(was, becomes)), made.key("chair"), None, NOW)

    @pytest.mark.rule("13.3", part="R", shows="allowed")
    def test_a_screening_counts_to_its_last_day(self, made: Founding) -> None:
        text = (made.base / "genesis.yaml").read_text().replace("2024-05-01", "2023-11-24")
        officer.begin("genesis", form(made, text), made.key("chair"), None, NOW)

    @pytest.mark.parametrize(
        ("was", "becomes", "said"),
        [
            ("screened: 2025-05-01", "screened: 2021-01-01", r"`screened`:.*13\.3"),
            ("declared: 2026-11-20", 'declared: 2026-11-20\nsince: "2026-11-19T00:00:00Z"', r"`declared`:.*13\.1"),
        ],
    )
    @pytest.mark.rule("13.1", "13.3", part="R", shows="refused")
    def test_of_a_party_too(self, house: Founding, was: str, becomes: str, said: str) -> None:
        join(house, "gemeente")
        text = (house.base / "gemeente.yaml").read_text()
        assert was in text
        with pytest.raises(UseError, match=said):
            officer.begin("accession", form(house, text.replace(was, becomes)), house.key("chair"), house.genesis, NOW)


class TestNextPack:
    """What both officers see of a pack before they sign for its digest."""

    def own(self, made: Founding) -> Path:
        """A pack of the house: a copy under another name, that gives the broker a refusal less a day."""
        folder = made.base / "eigen"
        for file, text in packs.read("zvh-protocol-2019").items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")
        whole = (folder / "pack.yaml").read_text()
        limits = re.sub(r"refusals_a_day: (\d+)", lambda found: f"refusals_a_day: {int(found[1]) - 1}", whole)
        assert limits != whole
        renamed = limits.replace("id: zvh-protocol-2019", "id: eigen-2027", 1)
        assert renamed != limits
        (folder / "pack.yaml").write_text(renamed)
        return folder

    def test_a_pack_in_a_folder_is_named_and_compared(self, house: Founding) -> None:
        folder = self.own(house)
        path = form(house, PACK.format("eigen"))
        once = officer.begin("pack", path, house.key("chair"), house.genesis, NOW)
        record = parse_record(once).record
        assert isinstance(record, PackDecision)
        assert record.pack == officer.read_pack(folder).digest
        known = officer.packs_at_hand([folder], None, house.genesis, NOW)
        rows = dict(officer.sheet(once, known).rows)
        assert rows["Protocolpakket"].startswith("eigen-2027 ")
        assert rows["SHA-256 van het pakket"] == record.pack
        assert (rows["DPIA"], rows["Aan de fg's voorgelegd op"]) == ("DPIA 2026-2", "2026-11-09")
        assert rows["Besluit van de stuurgroep"] == "stuurgroep 2026-11-20, punt 4"
        assert re.search(r"^1 \w+ dan zvh-protocol-2019 ", rows["Verschil met wat nu geldt"])
        same = officer.packs_at_hand([folder], "zvh-protocol-2019", None, NOW)
        assert dict(officer.sheet(once, same).rows) == rows

    def test_without_its_folder_a_pack_is_not_known(self, house: Founding) -> None:
        self.own(house)
        once = officer.begin("pack", form(house, PACK.format("eigen")), house.key("chair"), house.genesis, NOW)
        rows = dict(officer.sheet(once, officer.packs_at_hand((), None, house.genesis, NOW)).rows)
        assert "niet hier" in rows["Protocolpakket"]
        assert "Verschil met wat nu geldt" not in rows

    def test_a_broken_pack_is_not_signed_for(self, house: Founding) -> None:
        folder = self.own(house)
        (folder / "kinds.yaml").unlink()
        with pytest.raises(UseError, match="kan niet gelden"):
            officer.begin("pack", form(house, PACK.format("eigen")), house.key("chair"), house.genesis, NOW)

    def test_the_pack_of_the_genesis_does_not_come_again(self, house: Founding) -> None:
        with pytest.raises(UseError, match=r"form\.yaml:1:.*nieuwe versie"):
            officer.begin("pack", form(house, PACK.format("zvh-protocol-2019")), house.key("chair"), house.genesis, NOW)

    def test_one_officer_or_a_stranger_brings_no_pack_into_force(self, house: Founding) -> None:
        once = officer.begin("pack", form(house, PACK.format("C" * 42 + "A")), house.key("chair"), house.genesis, NOW)
        genesis = officer.read_signed(house.genesis)
        with pytest.raises(KeyRecordError, match="both sign"):
            directory(genesis, once)
        with pytest.raises(UseError, match="al ondertekend"):
            officer.countersign(once, house.key("chair"), house.genesis, NOW)
        with pytest.raises(UseError, match="niet van de voorzitter"):
            officer.countersign(once, SigningKey.generate(), house.genesis, NOW)
        both = officer.countersign(once, house.key("manager"), house.genesis, NOW)
        assert len(directory(genesis, both).packs()) == 2


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
