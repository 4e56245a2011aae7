"""Joining: what is made lies where it should, the settings load, the certificates must be mine."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connectors import UseError, joining
from connectors.casefiles.keyring import Keyring
from connectors.joining import Folder, Newcomer
from connectors.settings import read_settings
from keys import pki
from keys.keystore import FileKeyStore
from schemas.ids import Address, Oin, Term
from tests.connectors.founding import (
    HOUSE,
    NOW,
    PARTY_NAME,
    PARTY_OIN,
    Founding,
    directory,
    founding,
    issue,
    join,
    newcomer,
    signed_genesis,
)

ADDRESS = Address(f"{PARTY_OIN}:college_bw")


@pytest.fixture
def made(tmp_path: Path) -> Founding:
    return founding(tmp_path)


@pytest.mark.rule("29", part="R", shows="allowed")
def test_a_party_from_nothing_to_the_directory(made: Founding) -> None:
    genesis = signed_genesis(made)
    house, party = join(made, "huis"), join(made, "gemeente")
    known = directory(genesis, *house, *party)
    keys = known.signing_keys(ADDRESS, NOW.replace(hour=12))
    assert len(keys) == 1
    store = FileKeyStore.open(*made.folder("gemeente").keystore)
    try:
        assert Keyring(store).signing(ADDRESS).kid == keys[0].kid
    finally:
        store.close()
    grant = known.grant(ADDRESS)
    assert grant is not None
    assert grant.tasks  # as the pack has them


def test_settings_are_complete_and_name_what_was_made(made: Founding) -> None:
    signed_genesis(made)
    folder = joining.begin(made.base / "gemeente", newcomer(made, "gemeente")).folder
    settings = read_settings(folder.settings)
    assert settings.party.name == PARTY_NAME
    assert settings.own == (ADDRESS,)
    assert (settings.keystore.file, settings.keystore.generations) == folder.keystore
    assert settings.house.genesis == made.digest
    assert settings.keystore.file.parent != settings.keystore.generations


def test_secrets_are_readable_by_their_owner_alone(made: Founding) -> None:
    signed_genesis(made)
    folder = joining.begin(made.base / "gemeente", newcomer(made, "gemeente")).folder
    for path in (folder.root_key, folder.tls_key, folder.keystore[0], *folder.keystore[1].iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_what_is_not_known_yet_is_said_by_line(tmp_path: Path) -> None:
    lone = Newcomer(oin=PARTY_OIN, name="Partij", functions=(Term("ggz"),))
    folder = joining.begin(tmp_path / "ggz", lone).folder
    with pytest.raises(UseError) as caught:
        read_settings(folder.settings)
    lines = folder.settings.read_text(encoding="utf-8").splitlines()
    assert "settings.yaml:" in str(caught.value)
    line = int(str(caught.value).split("settings.yaml:")[1].split(":")[0])
    assert joining.TO_FILL in lines[line - 1]


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("mine")
    with pytest.raises(UseError, match="niet leeg"):
        joining.begin(tmp_path, Newcomer(oin=PARTY_OIN, name="Partij", functions=(Term("ggz"),)))
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


@pytest.mark.parametrize("functions", [(), ("ggz", "ggz"), ("procesregie", "ggz")])
def test_functions_that_do_not_go_together(tmp_path: Path, functions: tuple[str, ...]) -> None:
    with pytest.raises(UseError, match="functie"):
        joining.begin(
            tmp_path / "new", Newcomer(oin=PARTY_OIN, name="Partij", functions=tuple(Term(one) for one in functions))
        )


class TestCertificates:
    """Those that come back must be mine, whole and of this authority."""

    @pytest.fixture
    def folder(self, made: Founding) -> Folder:
        signed_genesis(made)
        return joining.begin(made.base / "gemeente", newcomer(made, "gemeente")).folder

    def test_missing(self, made: Founding, folder: Folder) -> None:
        given = issue(made, folder)
        (given / "client.pem").unlink()
        with pytest.raises(UseError, match=r"client\.pem.*authority\.pem"):
            joining.finish(folder.path, given, NOW)

    def test_of_another_key(self, made: Founding, folder: Folder) -> None:
        other = joining.begin(made.base / "other", newcomer(made, "gemeente")).folder
        with pytest.raises(UseError, match="andere sleutel"):
            joining.finish(folder.path, issue(made, other), NOW)
        assert not folder.root_certificate.exists()

    def test_of_another_party(self, made: Founding, folder: Folder) -> None:
        lone = Newcomer(oin=Oin("00000099000000007000"), name="Ander", functions=(Term("ggz"),), house=HOUSE)
        other = joining.begin(made.base / "other", lone).folder
        with pytest.raises(UseError, match="andere partij"):
            joining.finish(folder.path, issue(made, other), NOW)

    def test_of_another_authority(self, made: Founding, folder: Folder) -> None:
        given = issue(made, folder)
        (given / "authority.pem").write_bytes(pki.make_authority("Vreemd", NOW).certificate)
        with pytest.raises(UseError, match="authority"):
            joining.finish(folder.path, given, NOW)

    def test_expired(self, made: Founding, folder: Folder) -> None:
        given = issue(made, folder, days=1)
        with pytest.raises(UseError, match="renew"):
            joining.finish(folder.path, given, NOW.replace(day=26))
