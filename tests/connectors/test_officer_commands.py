"""``officer`` and ``init`` as people type them: files in, files out, exit codes, nothing done without a yes."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors import officer
from connectors.joining import Folder
from tests.connectors.commanding import Ran, command
from tests.connectors.founding import HOUSE, NOW, PARTY_OIN, Founding, directory, founding, issue


class Now:
    """The clock of the commands stands where the certificates of the test are valid."""

    @staticmethod
    def now(_: object) -> object:
        return NOW


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Founding:
    monkeypatch.setattr("connectors.commands.officers.datetime", Now)
    monkeypatch.setattr("connectors.commands.joins.datetime", Now)
    return founding(tmp_path)


def sign_both(made: Founding, kind: str, form: str) -> Path:
    """A form, signed by the chair and then by the manager, by commands alone."""
    file = made.base / f"{form}.json"
    more = () if kind == "genesis" else ("--genesis", str(made.base / "genesis.json"))
    chair, manager = (str(made.base / role / f"{role}.key") for role in ("chair", "manager"))
    begun = command("officer", kind, str(made.base / f"{form}.yaml"), "--key", chair, *more)
    assert begun.code == 0, begun
    assert f"officer sign {file}" in begun.err
    signed = command("officer", "sign", str(file), "--key", manager, "--yes", *more)
    assert signed.code == 0, signed
    return file


def join(made: Founding, *more: str) -> Ran:
    return command(
        "init", str(made.base / "ggz"), "--oin", PARTY_OIN, "--name", "GGZ Proef", "--function", "ggz",
        "--house", HOUSE, "--house-genesis", made.digest, "--broker", "https://localhost:8443", "--unsafe-sandbox",
        *more,
    )  # fmt: skip


def test_a_house_and_a_party_by_commands(made: Founding) -> None:
    genesis = sign_both(made, "genesis", "genesis")
    begun = join(made, "--json")
    assert begun.code == 0, begun
    folder = Folder(made.base / "ggz")
    assert begun.json["requests"] == [str(folder.root_request), str(folder.tls_request)]
    done = command("init", str(folder.path), "--certificates", str(issue(made, folder)), "--json")
    assert done.code == 0, done
    (made.base / "accession.yaml").write_text(
        f'oin: "{PARTY_OIN}"\nname: GGZ Proef\nroot: ggz/root/root.pem\naddresses: [{{function: ggz}}]\n'
        "declared: 2026-11-20\nscreened: 2025-05-01\n"
    )
    accession = sign_both(made, "accession", "accession")
    records = [officer.read_signed(Path(path)) for path in (genesis, accession, *done.json["records"])]
    assert directory(*records).oins == (PARTY_OIN,)


def test_keys_are_made_once(tmp_path: Path) -> None:
    made = command("officer", "keys", str(tmp_path / "a"), "--role", "chair", "--json")
    assert made.json["kid"] == officer.read_key(tmp_path / "a" / "chair.key").kid
    again = command("officer", "keys", str(tmp_path / "a"), "--role", "chair")
    assert (again.code, "already there" in again.err, again.out) == (1 + 1, True, "")
    assert command("officer", "keys", str(tmp_path / "a"), "--role", "voorzitter").code == 2


def test_the_second_officer_sees_what_it_says_and_must_say_yes(made: Founding) -> None:
    file = made.base / "genesis.json"
    command("officer", "genesis", str(made.base / "genesis.yaml"), "--key", str(made.base / "chair" / "chair.key"))
    ran = command("officer", "sign", str(file), "--key", str(made.base / "manager" / "manager.key"))
    assert ran.code == 2
    assert "Proefhuis" in ran.out
    assert "NIETS HIERIN IS ECHT" in ran.out
    assert "--yes" in ran.err
    assert officer.read_signed(file).second is None


def test_show_says_who_signed(made: Founding) -> None:
    file = sign_both(made, "genesis", "genesis")
    shown = command("officer", "show", str(file), "--json").json
    assert shown["complete"] is True
    assert shown["sha256"] == made.digest
    assert set(shown["signers"]) == {made.key("chair").kid, made.key("manager").kid}


def test_a_form_is_not_overwritten_by_its_record(made: Founding) -> None:
    sign_both(made, "genesis", "genesis")
    again = command(
        "officer", "genesis", str(made.base / "genesis.yaml"), "--key", str(made.base / "chair" / "chair.key")
    )
    assert (again.code, "--out" in again.err) == (2, True)


def test_the_forms_are_explained(made: Founding) -> None:
    told = command("officer", "pack", "--help").out
    for word in ("DPIA", "14 dagen", "stuurgroep", "--replaces"):
        assert word in told
    assert "--pack" in command("officer", "sign", "--help").out


def test_a_next_pack_needs_both_and_is_shown_to_both(made: Founding) -> None:
    """Of a pack that does not come with the program the second officer sees nothing, unless he has its folder."""
    sign_both(made, "genesis", "genesis")
    (made.base / "pakket.yaml").write_text(
        f"pack: {'C' * 42}A\ndpia: DPIA 2\nconsulted: 2026-11-01\ndecision: stuurgroep 7\n"
    )
    file = sign_both(made, "pack", "pakket")
    shown = command("officer", "show", str(file), "--json").json["says"]
    assert "niet hier" in shown["Protocolpakket"]
    assert shown["DPIA"] == "DPIA 2"
    wrong = command("officer", "show", str(file), "--pack", str(made.base / "chair"))
    assert (wrong.code, "protocolpakket" in wrong.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init", "x", "--oin", PARTY_OIN), "--name"),
        (("init", "x", "--oin", "1", "--name", "a", "--function", "ggz"), "OIN"),
        (("officer", "sign", "nothing.json", "--key", "nothing.key"), "nothing.json"),
        (("officer", "exit", "nothing.yaml", "--key", "nothing.key"), "nothing.key"),
    ],
)
def test_wrong_use_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command(*arguments)
    assert (ran.code, said in ran.err, ran.out) == (2, True, "")
    assert list(tmp_path.iterdir()) == []
