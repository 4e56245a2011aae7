"""One file of settings: what is read, and what an error says."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import UseError
from connectors.exchanges.notifying import read_form, typed
from connectors.settings import read_settings
from tests.connectors.parties import pack

TEXT = """
party: {oin: "00000099000000002000", name: College van de proefgemeente}
data: data
keystore: {file: keys/store, generations: other/generations}
broker:
  url: https://broker.example
  authority: tls/ca.pem
  certificate: tls/client.pem
  key: tls/client.key
house: {id: drenthe, genesis: "%s", unsafe_sandbox: "true"}
addresses:
  - function: college_bw
    contact: {naam: Balie, organisatie: Proefgemeente}
automatic:
  - {id: onbekend, function: college_bw, outcome: niet_bekend, since: 2026-01-01, until: 2026-12-31, made_by: fg-1}
source:
  name: Proef
  file: personen.csv
  columns: {geslachtsnaam: Achternaam, geboortedatum: Geb.datum}
""" % ("A" * 43)


def test_settings_are_read_and_paths_are_absolute(tmp_path: Path) -> None:
    file = tmp_path / "connector.yaml"
    file.write_text(TEXT, encoding="utf-8")
    settings = read_settings(file)
    assert settings.data == tmp_path / "data"
    assert settings.keystore.generations == tmp_path / "other" / "generations"
    assert settings.broker.key == tmp_path / "tls" / "client.key"
    assert settings.source is not None
    assert settings.source.file == tmp_path / "personen.csv"
    assert settings.house.unsafe_sandbox
    assert settings.own == ("00000099000000002000:college_bw",)
    assert settings.dsn == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'connector.sqlite'}"
    assert settings.automatic[0].holds("college_bw", settings.automatic[0].until)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("data: data", "daat: data"), r"connector.yaml:3: .*data"),
        (("url: https:", "url: http:"), r"connector.yaml:6"),
        (("function: college_bw, outcome", "function: politie, outcome"), "not under `addresses`"),
        (("until: 2026-12-31", "until: 2025-12-31"), "before"),
        (("data: data", "data: data\nrole: huis"), "procesregie"),
        (("data: data", "data: data\ndata: again"), "connector.yaml:4"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    file = tmp_path / "connector.yaml"
    file.write_text(TEXT.replace(*change), encoding="utf-8")
    with pytest.raises(UseError, match=says):
        read_settings(file)


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UseError, match="give the file"):
        read_settings(tmp_path / "absent.yaml")
    with pytest.raises(UseError, match="geef het bestand"):
        read_form(tmp_path / "absent.yaml")


def test_a_form_that_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text("function: burgemeester\npersoons: []\n", encoding="utf-8")
    with pytest.raises(UseError, match=r"form.yaml:2: .*persons"):
        read_form(file)


def test_values_of_a_form_get_the_type_of_their_field() -> None:
    values = {"huisnummer": "12", "postcode": "7811AB", "geheim": "true", "onbekend": "x"}
    assert typed(pack(), "adresgegevens", values) == {
        "huisnummer": 12,
        "postcode": "7811AB",
        "geheim": True,
        "onbekend": "x",
    }
    assert typed(pack(), "bericht", {"leefgebieden": "huisvesting"}) == {"leefgebieden": ["huisvesting"]}
