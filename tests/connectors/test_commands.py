"""The first triage by commands alone: every act of a person through ``ketenconnector``, over the real socket."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml

from connectors.commands import terminal
from connectors.desk import stories
from schemas.ids import Address
from tests.connectors.commanding import Desk, Ran, command, desks, write_settings
from tests.connectors.exchange import PERSON, Exchange, form
from tests.connectors.parties import COLLEGE, GGZ, HOUSE, POLICE, TOWN, settings

pytestmark = pytest.mark.slow

WHY = "Nodig voor het eerste beeld."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    # Commands replace standard output while they run, and the connectors' log lines are not theirs.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    exchange = await Exchange(tmp_path).open()
    try:
        async with desks(exchange) as made:
            yield made
    finally:
        await exchange.close()
        structlog.reset_defaults()


def notification(folder: Path, **changes: Any) -> Path:
    """The form as a file."""
    path = folder / "aanmelding.yaml"
    given = form(**changes).model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    path.write_text(yaml.safe_dump(given, allow_unicode=True), encoding="utf-8")
    return path


async def until(desk: Desk, address: Address, right: Callable[[Any], bool], *arguments: str) -> Any:
    """What a command answers once it is ``right``: deliveries take a moment."""
    found: Any = None
    for _ in range(600):
        found = (await desk.at(address, *arguments, "--json")).json
        if right(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError((arguments, found, (await desk.at(address, "status", "--json")).json))


async def waiting(desk: Desk, address: Address) -> str:
    """The one question that waits there, after the search in the own system."""
    (line,) = await until(desk, address, lambda rows: bool(rows) and rows[0]["match"] is not None, "desk", "list")
    short: str = line["short"]
    return short


async def in_triage(desk: Desk) -> str:
    """A case in triage; its reference."""
    notified = await desk.at(TOWN, "notify", str(notification(desk.folder)), "--json")
    case: str = notified.json["case"]
    await until(desk, HOUSE, bool, "cases")
    await until(desk, HOUSE, lambda held: bool(held["items"]), "cases", "--case", case)
    decided = await desk.at(
        HOUSE, "decide", "--case", case, "--to", "triage", "--reason", "criteria_voldaan", "--yes",
        "--keep", "personalia,adresgegevens", "--json",
    )  # fmt: skip
    assert decided.json["outcome"] == "sent"
    return case


async def ask(desk: Desk, case: str, *arguments: str) -> Ran:
    return await desk.at(
        HOUSE, "ask", "--case", case, "--person", "1", "--answer-at", "2026-03-10T10:00:00Z", "--explanation", WHY,
        *arguments, "--json",
    )  # fmt: skip


async def test_a_triage_by_commands(desk: Desk) -> None:
    exchange = desk.exchange
    exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    case = await in_triage(desk)
    asked = await ask(desk, case[:8], "--of", "college_bw")
    assert [row["outcome"] for row in asked.json] == ["sent"]
    short = await waiting(desk, COLLEGE)
    shown = await desk.at(COLLEGE, "desk", "show", short)
    assert shown.code == 0
    for text in ("Zonneveld", "Proefpartij", "huur", "Proefadministratie", WHY):
        assert text in shown.out
    approved = await desk.at(
        COLLEGE, "desk", "approve", short, "--explanation", "-", "--by", "mw-12",
        "--message", "betrokkenheid=actueel", "--yes", stdin=WHY,
    )  # fmt: skip
    assert approved.code == 0, approved
    assert "10:00:0" in approved.out
    exchange.clock.forward(hours=1, seconds=1)
    board = await until(desk, HOUSE, lambda rows: rows[0]["state"] == "beantwoord", "board", "--case", case)
    assert (board[0]["outcome"], board[0]["person"]) == ("bekend", 1)
    held = (await desk.at(HOUSE, "cases", "--case", case, "--json")).json["items"]
    assert {"woonvorm": "huur"} in [one["values"] for one in held]
    register = (await desk.at(COLLEGE, "register", "--json")).json
    assert ("out", "allowed", "triageantwoord") in [(row["way"], row["outcome"], row["kind"]) for row in register]
    assert "Zonneveld" not in (await desk.at(COLLEGE, "register", "--json")).out
    status = (await desk.at(HOUSE, "status", "--json")).json
    assert (status["findings"], status["cases"], status["unsafe_sandbox"]) == ([], 1, True)


async def test_a_decision_says_for_what_it_keeps(desk: Desk) -> None:
    """3.5b: for what the notifier agreed to, unless the procesregisseur says otherwise."""
    notified = await desk.at(TOWN, "notify", str(notification(desk.folder)), "--json")
    case: str = notified.json["case"]
    await until(desk, HOUSE, lambda held: bool(held), "cases")
    await until(desk, HOUSE, lambda held: bool(held["items"]), "cases", "--case", case)
    arguments = ("decide", "--case", case, "--to", "triage", "--reason", "criteria_voldaan", "--keep", "personalia")
    asked = await desk.at(HOUSE, *arguments)
    assert (asked.code, "Een eerste beeld bepalen" in asked.err) == (2, True)
    other = await desk.at(HOUSE, *arguments, "--purpose", "toestandsbeeld", "--yes", "--json")
    assert (other.json["outcome"], other.json["keep_for"]) == ("refused", ["toestandsbeeld"])
    assert "3.5b" in other.err
    done = await desk.at(HOUSE, *arguments, "--yes", "--json")
    assert (done.json["outcome"], done.json["keep_for"]) == ("sent", ["eerste_beeld"])


async def test_what_nobody_agreed_to_needs_a_purpose(desk: Desk) -> None:
    notified = await desk.at(TOWN, "notify", str(notification(desk.folder, reuse=[])), "--json")
    case: str = notified.json["case"]
    await until(desk, HOUSE, lambda held: bool(held), "cases")
    await until(desk, HOUSE, lambda held: bool(held["items"]), "cases", "--case", case)
    arguments = ("decide", "--case", case, "--to", "triage", "--reason", "criteria_voldaan", "--keep", "personalia")
    refused = await desk.at(HOUSE, *arguments, "--yes")
    assert (refused.code, "--purpose" in refused.err) == (2, True)


async def test_asking_too_much_is_refused_at_home(desk: Desk) -> None:
    case = await in_triage(desk)
    size = len(desk.exchange.broker.entries)
    asked = await ask(desk, case, "--of", "politie", "--categories", "justitiele_gegevens")
    assert asked.code == 3
    (row,) = asked.json
    assert (row["outcome"], row["at_home"]) == ("refused", True)
    assert row["reasons"][0]["nl"] in asked.err
    assert len(desk.exchange.broker.entries) == size
    refused = (await desk.at(HOUSE, "register", "--outcome", "refused", "--json")).json
    assert [(line["kind"], line["way"]) for line in refused] == [("triagevraag", "out")]


async def test_less_is_only_what_is_named(desk: Desk) -> None:
    known = {"woonsituatie": {"woonvorm": "huur", "samenstelling_huishouden": "alleen"}}
    desk.exchange.sources[COLLEGE].add("7", known, **PERSON)
    case = await in_triage(desk)
    await ask(desk, case, "--of", "college_bw")
    short = await waiting(desk, COLLEGE)
    arguments = ("desk", "less", short, "--explanation", WHY, "--by", "mw-12", "--yes")
    done = await desk.at(COLLEGE, *arguments, "--keep", "woonsituatie.woonvorm")
    assert done.code == 0, done
    wrong = await desk.at(COLLEGE, *arguments, "--keep", "woonvorm")
    assert (wrong.code, "categorie.veld" in wrong.err) == (2, True)
    unknown = await desk.at(COLLEGE, *arguments, "--keep", "woonsituatie.woonvrom")
    assert (unknown.code, "niet gevonden" in unknown.err) == (2, True)


async def test_secrecy_needs_consent_first(desk: Desk) -> None:
    desk.exchange.sources[GGZ].add("7", {}, **PERSON)
    case = await in_triage(desk)
    await ask(desk, case, "--of", "ggz")
    short = await waiting(desk, GGZ)
    page = (await desk.at(GGZ, "desk", "show", short, "--json")).json
    assert "7.2" in {row["rule"] for row in page["words"]["cannot_go"]}
    arguments = ("desk", "approve", short, "--explanation", WHY, "--message", "betrokkenheid=actueel", "--yes")
    refused = await desk.at(GGZ, *arguments)
    assert (refused.code, "toestemming" in refused.err) == (2, True)
    recorded = await desk.at(
        GGZ, "consent", "--question", short, "--date", "2026-03-09", "--how", "schriftelijk",
        "--categories", "bericht,medewerker_hulpverlening_gegevens", "--json",
    )  # fmt: skip
    approved = await desk.at(GGZ, *arguments, "--consent", recorded.json["consent"])
    assert approved.code == 0, approved
    after = (await desk.at(GGZ, "desk", "show", short, "--json")).json
    assert "7.2" not in {row["rule"] for row in after["words"]["cannot_go"]}


async def test_declining_needs_a_code_of_the_pack(desk: Desk) -> None:
    case = await in_triage(desk)
    asked = await ask(desk, case, "--of", "politie")
    assert [row["outcome"] for row in asked.json] == ["sent"]
    short = await waiting(desk, POLICE)
    arguments = ("desk", "decline", short, "--explanation", WHY, "--code")
    wrong = await desk.at(POLICE, *arguments, "geen_zin")
    assert (wrong.code, "onderzoeksbelang" in wrong.err) == (2, True)
    assert (await desk.at(POLICE, *arguments, "onderzoeksbelang")).code == 0
    (line,) = (await desk.at(POLICE, "desk", "list", "--json")).json
    assert line["state"] == "decided"
    assert (await desk.at(POLICE, "desk", "conclude", short, "--explanation", WHY, "--outcome", "bekend")).code == 2
    done = await desk.at(POLICE, "desk", "conclude", short, "--explanation", WHY, "--outcome", "niet_bekend", "--json")
    assert done.json["decision"] == "niet_bekend"


async def test_informing_later_reaches_the_house(desk: Desk) -> None:
    case = await in_triage(desk)
    done = await desk.at(
        TOWN, "informed", "--case", case, "--subjects", "1", "--at", "2026-03-09", "--how", "brief", "--json"
    )
    assert done.json["outcome"] == "sent", done
    nothing = await desk.at(TOWN, "informed", "--case", case)
    assert (nothing.code, "--recheck" in nothing.err) == (2, True)


async def test_without_confirmation_nothing_goes(desk: Desk) -> None:
    desk.exchange.sources[COLLEGE].add("7", {"woonsituatie": {"woonvorm": "huur"}}, **PERSON)
    case = await in_triage(desk)
    await ask(desk, case, "--of", "college_bw")
    short = await waiting(desk, COLLEGE)
    held = await desk.at(COLLEGE, "desk", "approve", short, "--explanation", WHY)
    assert held.code == 2
    assert "--yes" in held.err
    assert "woonsituatie.woonvorm" in held.err  # exactly what would go
    (line,) = (await desk.at(COLLEGE, "desk", "list", "--json")).json
    assert line["state"] == "open"


async def test_what_is_unclear_is_refused_with_what_to_do(desk: Desk) -> None:
    case = await in_triage(desk)
    for arguments, said in (
        (("desk", "show", "ffffff"), "desk list"),
        (("cases", "--case", "zzzz"), "`cases`"),
        (("board", "--case", case[:3]), "`cases`"),
    ):
        ran = await desk.at(HOUSE, *arguments)
        assert (ran.code, said in ran.err) == (2, True), ran
    assert "1 tot en met 1" in (await _ask_person(desk, case, "2")).err
    unknown = await ask(desk, case, "--of", "polite")
    assert (unknown.code, str(POLICE) in unknown.err) == (2, True)
    late = await desk.at(HOUSE, "ask", "--case", case, "--person", "1", "--of", "politie", "--answer-at", "morgen",
                         "--explanation", WHY)  # fmt: skip
    assert (late.code, "+4h" in late.err) == (2, True)


async def _ask_person(desk: Desk, case: str, number: str) -> Ran:
    return await desk.at(HOUSE, "ask", "--case", case, "--person", number, "--of", "politie", "--answer-at", "+1h",
                         "--explanation", WHY)  # fmt: skip


async def test_the_socket_is_its_owners_alone(desk: Desk) -> None:
    socket = desk.exchange[HOUSE].settings.data / "control.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600


async def test_a_fault_is_told_by_its_kind_and_never_by_its_text(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("Zonneveld")

    monkeypatch.setattr(stories, "cases", fail)
    ran = await desk.at(HOUSE, "cases")
    assert ran.code == 1
    assert "RuntimeError" in ran.err
    assert "Zonneveld" not in ran.err


class TestAlone:
    """Without a running connector."""

    def test_it_says_how_to_start(self, tmp_path: Path) -> None:
        path = write_settings(tmp_path / "settings.yaml", settings(COLLEGE, tmp_path))
        for arguments in (("status",), ("desk", "list"), ("register",), ("cases",)):
            ran = command(*arguments, "--settings", str(path))
            assert ran.code == 2
            assert f"ketenconnector run --settings {path}" in ran.err.replace("\n", "")
            assert ran.out == ""

    def test_wrong_settings_are_named_by_line(self, tmp_path: Path) -> None:
        path = tmp_path / "settings.yaml"
        path.write_text("party:\n  onin: x\n", encoding="utf-8")
        ran = command("status", "--settings", str(path))
        assert ran.code == 2
        assert "settings.yaml:2" in ran.err

    def test_a_form_with_a_mistake_is_named_by_line(self, tmp_path: Path) -> None:
        path = write_settings(tmp_path / "settings.yaml", settings(TOWN, tmp_path))
        given = notification(tmp_path).read_text(encoding="utf-8").replace("criteria:", "critera:")
        (tmp_path / "aanmelding.yaml").write_text(given, encoding="utf-8")
        ran = command("notify", str(tmp_path / "aanmelding.yaml"), "--settings", str(path))
        assert ran.code == 2
        assert "aanmelding.yaml:" in ran.err
        assert "`criteria`" in ran.err

    def test_unknown_options_are_wrong_use(self) -> None:
        assert command("desk", "list", "--nonsense").code == 2
        assert command("nonsense").code == 2


@pytest.mark.parametrize("standing", ["ingetrokken", "onjuist", "beperkt", "iets_nieuws"])
def test_what_is_not_to_be_used_is_said_instead_of_shown(standing: str) -> None:
    row = {"values": {"woonvorm": "huur"}}
    assert terminal.values_of(row | {"standing": None}) == "woonvorm: huur"
    told = terminal.values_of(row | {"standing": standing})
    assert "huur" not in told
    assert told == terminal.NOT_USED.get(standing, standing)
