"""What an audit says, and how: the screen, the JSON with its schema, the page to file, and the exit code."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from connectors import UseError
from connectors.control import auditing
from connectors.proofs import replay
from connectors.proofs.findings import KINDS, REASONS
from connectors.proofs.page import page
from connectors.proofs.report import FORMAT, Problem, Report, ReportView, Unchecked
from connectors.proofs.store import FILE
from tests.conftest import ROOT
from tests.connectors.audits import AuditedLink, link
from tests.connectors.commanding import Ran, command, write_settings
from tests.connectors.exchange import Exchange
from tests.connectors.parties import COLLEGE, HOUSE

SCHEMA = ROOT / "docs" / "audit.schema.json"
DOCUMENT = ROOT / "docs" / "audit.md"
BEGIN, END = "<!-- begin: python -m tests.connectors.test_audit_report -->\n", "<!-- end -->"


def report(**changes: Any) -> Report:
    """A report with everything in it."""
    members: dict[str, Any] = {
        "origin": "broker.example/drenthe/2026",
        "house": "drenthe",
        "at": datetime(2026, 3, 10, 9, 0, tzinfo=UTC),
        "size": 1200,
        "root": "A" * 43 + "=",
        "held": 1100,
        "since": 1000,
        "records": 12,
        "own_entries": 18,
        "replayed": 17,
        "gathered": 15,
        "register": 18,
        "problems": (
            Problem("besluit_onterecht", 7, "3.5c niet_voortgezet"),
            Problem("tegel_anders", what="tile/0/000"),
            Problem("vermelding_onbekend", 9),
        ),
        "more": 2,
        "unchecked": (Unchecked("feiten_niet_zichtbaar", 2), Unchecked("geen_manifest", 1)),
    }
    return Report(**{**members, **changes})


def test_every_code_says_what_to_do() -> None:
    for code, kind in KINDS.items():
        assert re.fullmatch(r"[a-z_]{4,40}", code)
        assert kind.text.endswith(".")
        assert kind.advice.endswith(".")
        assert kind.rule
    assert all(not reason.endswith(".") for reason in REASONS.values())


def test_every_code_is_found_somewhere() -> None:
    """No code stands in the table that the audit cannot give, and none is given that is not in it."""
    given = set()
    for folder in ("proofs", "control"):
        for path in (ROOT / "connectors" / folder).glob("*.py"):
            if path.name != "findings.py":
                given |= set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', path.read_text(encoding="utf-8")))
    assert set(KINDS) | set(REASONS) <= given
    assert {*replay._KEYS, replay.NO_MANIFEST, replay.NO_PACK, replay.OF_ANOTHER} <= set(KINDS) | set(REASONS)


def test_the_schema_in_the_documents_is_that_of_the_json() -> None:
    """Renew it with: python -m tests.connectors.test_audit_report"""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == ReportView.model_json_schema(by_alias=True)


def test_the_document_names_every_finding_and_every_reason() -> None:
    """Renew it with: python -m tests.connectors.test_audit_report"""
    assert document() == DOCUMENT.read_text(encoding="utf-8")


def test_the_json_is_of_its_schema() -> None:
    value = json.loads(json.dumps(report().as_json()))
    assert ReportView.model_validate(value).format == FORMAT == 1
    assert value["register"] == 18
    assert value["problems"][0] == {
        "code": "besluit_onterecht",
        "severity": "ernstig",
        "index": 7,
        "rule": "3",
        "what": "3.5c niet_voortgezet",
        "text": KINDS["besluit_onterecht"].text,
        "advice": KINDS["besluit_onterecht"].advice,
    }
    assert value["unchecked"][0] == {
        "code": "feiten_niet_zichtbaar",
        "count": 2,
        "text": REASONS["feiten_niet_zichtbaar"],
    }


class Elements(HTMLParser):
    """The elements of a page, each closed as it was opened."""

    EMPTY = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def elements(text: str) -> Elements:
    read = Elements()
    read.feed(text)
    read.close()
    assert read.open == []
    return read


def test_the_page_stands_on_its_own_and_asks_nothing_of_anybody() -> None:
    text = page(report())
    read = elements(text)
    tags = {tag for tag, _ in read.seen}
    assert not tags & {"script", "link", "img", "iframe", "form", "base", "object", "a"}
    assert not {name for _, attrs in read.seen for name in attrs} & {"src", "href", "action", "onload", "style"}
    assert "url(" not in text
    assert "//" not in text
    assert "@import" not in text
    policy = next(attrs["content"] for tag, attrs in read.seen if attrs.get("http-equiv"))
    assert policy is not None
    assert "default-src 'none'" in policy
    assert read.text["title"] == "Controle van het logboek"
    assert "@media print" in text
    assert 'lang="nl"' in text
    headings = [attrs.get("scope") for tag, attrs in read.seen if tag == "th"]
    assert headings
    assert set(headings) == {"col", "row"}


def test_the_page_says_all_that_was_found() -> None:
    text = page(report())
    for one in report().problems:
        assert f"<code>{one.code}</code>" in text
    assert "Er zijn 5 bevindingen." in text
    assert "En 2 bevindingen meer." in text
    assert REASONS["geen_manifest"] in text
    good = page(report(problems=(), more=0, unchecked=()))
    assert "ongewijzigd en volledig" in good
    assert "bevindingen." not in good


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "&lt;b&gt;", "</main><i>"])
def test_nothing_of_the_log_is_more_than_text(hostile: str) -> None:
    text = page(report(problems=(Problem("tegel_anders", 1, hostile),), origin=hostile, root=hostile, house=hostile))
    assert hostile not in text
    assert not {tag for tag, _ in elements(text).seen} & {"script", "img", "b", "i"}


# ------------------------------------------------------------------------------------------------------ the command


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    """A case in triage with a question to the municipality."""
    made = await Exchange(tmp_path_factory.mktemp("audit")).open()
    done = await made.in_triage()
    await made.asked(done, COLLEGE)
    yield made
    await made.close()


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
class TestCommand:
    """`audit` itself, beside a running connector."""

    async def run(self, exchange: Exchange, served: AuditedLink, monkeypatch: pytest.MonkeyPatch, *more: str) -> Ran:
        async def open_(*_: object) -> AuditedLink:
            return served

        monkeypatch.setattr("connectors.exchanges.mutual_tls.MutualTlsLink.open", open_)
        now = exchange.clock() + timedelta(hours=1, microseconds=678901)  # as a clock has it
        monkeypatch.setattr(auditing, "datetime", type("Then", (datetime,), {"now": classmethod(lambda *_: now)}))
        path = write_settings(exchange.folder / "settings.yaml", exchange[HOUSE].settings)
        return await asyncio.to_thread(command, "audit", "--settings", str(path), *more)

    async def test_nothing_wrong_is_0(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
        ran = await self.run(exchange, link(exchange), monkeypatch, "--json", "--again")
        assert ran.code == 0
        assert ReportView.model_validate(ran.json).ok
        assert ran.json["size"] == len(exchange.broker.leaves)
        text = await self.run(exchange, link(exchange), monkeypatch)
        assert text.code == 0
        assert "ongewijzigd en volledig" in text.out

    async def test_findings_are_1(self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        served, file = link(exchange, entry=lambda one: None), tmp_path / "audit.html"
        ran = await self.run(exchange, served, monkeypatch, "--json", "--page", str(file))
        assert ran.code == 1
        assert {one["code"] for one in ran.json["problems"]} == {"vermelding_verzwegen"}
        assert all(one["text"] == KINDS[one["code"]].text for one in ran.json["problems"])
        assert file.read_text(encoding="utf-8").count("<code>vermelding_verzwegen</code>") == len(ran.json["problems"])
        case = str(exchange.broker.entries[0].source.manifest.case)
        assert case not in file.read_text(encoding="utf-8")
        screen = await self.run(exchange, served, monkeypatch)
        assert screen.code == 1
        assert "vermelding_verzwegen" in screen.out
        assert "Bewaar dit verslag" in screen.out
        assert "fg van het huis" in screen.err

    @pytest.mark.parametrize("flags", [(), ("--json",)])
    async def test_what_could_not_be_done_is_2(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
    ) -> None:
        served = link(exchange)
        served.broker.away = True
        ran = await self.run(exchange, served, monkeypatch, *flags)
        assert (ran.code, ran.out) == (2, "")
        assert "niet gelukt" in ran.err

    async def test_a_page_that_cannot_be_written_is_2(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        ran = await self.run(exchange, link(exchange), monkeypatch, "--page", str(tmp_path / "nowhere" / "page.html"))
        assert ran.code == 2
        assert "kies een plaats" in ran.err

    async def test_a_damaged_store_is_2_and_again_is_no_way_round(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = exchange[HOUSE].settings.data / FILE
        file.write_bytes(b"x" * 5000)
        ran = await self.run(exchange, link(exchange), monkeypatch)
        assert ran.code == 2
        assert FILE in ran.err
        file.unlink()
        assert (await self.run(exchange, link(exchange), monkeypatch)).code == 0

    async def test_without_a_database_it_says_what_to_do(
        self, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        settings = exchange[HOUSE].settings.model_copy(update={"data": tmp_path / "nowhere"})
        with pytest.raises(UseError, match="ketenconnector run"):
            await auditing.audit_house(settings, link(exchange), lambda *_: None)

    async def test_progress_is_told(self, exchange: Exchange) -> None:
        told: list[tuple[str, int, int]] = []
        await auditing.audit_house(
            exchange[HOUSE].settings,
            link(exchange),
            lambda *step: told.append(step),
            exchange.clock() + timedelta(hours=1),
            again=True,
        )
        size = len(exchange.broker.leaves)
        assert {step[0] for step in told} == {"eigen vermeldingen", "bladen"}
        assert ("bladen", size, size) in told


def document() -> str:
    """The document with the tables as they should be."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    lines = ["| code | weging | regel | wat |", "|---|---|---|---|"]
    lines += [f"| `{code}` | {kind.severity} | {kind.rule} | {kind.text} |" for code, kind in KINDS.items()]
    lines += [
        "",
        "Wat niet te controleren was, met een aantal per reden:",
        "",
        "| code | wat, en waarom niet |",
        "|---|---|",
    ]
    lines += [f"| `{code}` | {text} |" for code, text in REASONS.items()]
    return before + BEGIN + "\n".join(lines) + "\n" + END + after


def main() -> int:
    """Write the schema, and the tables of the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    text = json.dumps(ReportView.model_json_schema(by_alias=True), indent=2, ensure_ascii=False)
    SCHEMA.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
