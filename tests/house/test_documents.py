"""What the documents promise is there: every command and option, every file that a link names, every module.

Commands in fenced blocks go through the parsers of the programs themselves, so that a missing argument or an option
that was renamed shows too; nothing is run. Commands named in running text must exist.
"""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from broker import cli as broker_cli
from connectors import cli as connector_cli
from tests.conftest import ROOT
from tests.house.tree import name, text_files

PROGRAMS: dict[str, Any] = {
    "ketenbroker": get_command(broker_cli.app),
    "ketenconnector": get_command(connector_cli.app),
}
DOCUMENTS = [path for path in text_files() if path.suffix == ".md"]
MAPS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md"]
FENCE = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
FOLDERS = r"(?:broker|connectors|keys|schemas|deploy|tests|docs)"
END_OF_COMMAND = {"|", ">", "2>", ">>", "&", "&&", "||", ";"}


def fenced(text: str) -> Iterator[str]:
    """The commands of ours in fenced blocks, continued lines joined."""
    for block in FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if line.split(maxsplit=1)[:1] and line.split(maxsplit=1)[0] in PROGRAMS:
                yield line


def parse(line: str) -> tuple[Any, str, list[str]]:
    """The command that a line calls, its whole name, and what is left for it. Raises LookupError."""
    words = shlex.split(line, comments=True)
    words = words[: next((at for at, word in enumerate(words) if word in END_OF_COMMAND), len(words))]
    command, called = PROGRAMS[words[0]], words[:1]
    rest = words[1:]
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            raise LookupError(f"`{' '.join(called)}` has no command {rest[0]}")
        command, called, rest = command.commands[rest[0]], [*called, rest[0]], rest[1:]
    return command, " ".join(called), rest


def options(command: Any) -> set[str]:
    """All the names of a command's options."""
    return {"--help", *(one for row in command.params for one in (*row.opts, *row.secondary_opts))}


FENCED = [(name(path), line) for path in DOCUMENTS for line in fenced(path.read_text())]
INLINE = [
    (name(path), code)
    for path in DOCUMENTS
    for code in CODE.findall(FENCE.sub("", path.read_text()))
    if code.split()[0] in PROGRAMS and "|" not in code
]


@pytest.mark.parametrize(("document", "line"), FENCED)
def test_a_command_in_a_document_can_be_given(document: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETEN_SETTINGS", "settings.yaml")
    command, called, rest = parse(line)
    assert not hasattr(command, "commands"), f"{document}: {called} is no command but a group of them"
    command.make_context(called, rest)


@pytest.mark.parametrize(("document", "code"), INLINE)
def test_a_command_named_in_a_document_exists(document: str, code: str) -> None:
    command, called, rest = parse(code)
    unknown = {word.partition("=")[0] for word in rest if word.startswith("--")} - options(command)
    assert not unknown, f"{document}: {called} has no {unknown}"


def test_documents_name_commands_at_all() -> None:
    """Or the two tests above would be content with a broken pattern."""
    assert {line.split()[0] for _, line in FENCED} == set(PROGRAMS)
    assert len(FENCED) > 20


@pytest.mark.parametrize("line", ["ketenconnector ask --nope", "ketenconnector desk list --al", "ketenbroker serve"])
def test_a_command_that_cannot_be_given_is_found(line: str) -> None:
    command, called, rest = parse(line)
    with pytest.raises(Exception, match=r"No such option|Missing"):
        command.make_context(called, rest)


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w -]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")


def anchors(path: Path) -> set[str]:
    """Every anchor of a document."""
    return {slug(found) for found in re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_resolve(document: Path) -> None:
    for link in LINK.findall(FENCE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file) if file else document
        assert target.exists(), f"{name(document)} links to {link}, which is not there"
        if anchor:
            assert anchor in anchors(target), f"{name(document)} links to {link}; there is no such heading"


def missing(text: str) -> list[str]:
    """The folders, files and modules in backticks that are not there. In a cell, a bare word is its folder's."""
    gone = []
    for cell in re.split(r"[|\n]", FENCE.sub("", text)):
        folder: Path | None = None
        for code in CODE.findall(cell):
            if re.fullmatch(rf"{FOLDERS}(?:/[\w.]*)+", code):
                path = ROOT / code
                folder = path if code.endswith("/") else path.parent
                gone += [] if path.exists() or path.with_suffix(".py").exists() else [code]
            elif re.fullmatch(rf"{FOLDERS}(?:\.\w+)+", code):
                gone += [] if _importable(code) else [code]
            elif folder is not None and re.fullmatch(r"[a-z_]+", code):
                gone += [] if (folder / code).exists() or (folder / f"{code}.py").exists() else [f"{folder}/{code}"]
    return gone


def _importable(dotted: str) -> bool:
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False


@pytest.mark.parametrize("document", MAPS, ids=name)
def test_the_maps_name_what_is_there(document: Path) -> None:
    assert missing(document.read_text()) == []


def test_the_maps_name_modules_at_all() -> None:
    gone = "| `broker/exchanges/nope`, `intake`, `nope` | `keys.nope` | `keys.sealing` | `schemas/rules/` |"
    assert missing(gone) == ["broker/exchanges/nope", f"{ROOT}/broker/exchanges/nope", "keys.nope"]
