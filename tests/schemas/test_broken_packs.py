"""Broken packs, one file each under ``broken/``: every one is refused with file, line and a sentence that helps.

Such a file says what it changes of the real pack, so that it stays small, and the faults that must be found: these,
on exactly that line, and no others.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from schemas import packs
from schemas.pack import PackError
from schemas.pack_yaml import parse
from schemas.records import Frozen
from schemas.yaml_model import validate
from schemas.yaml_text import load

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
SHIPPED = Path(packs.__file__).parent / "zvh-protocol-2019"


class Edit(Frozen):
    """One change of one file: ``replace`` (which stands there once, or first behind ``after``) becomes ``with``.

    Without ``replace`` the file is a new one. ``repeat``: a text that comes at the end, ``times`` times. ``drop``: the
    file is gone.
    """

    file: str
    after: str = ""
    replace: str = ""
    with_: str = Field("", alias="with")
    repeat: str = ""
    times: int = 0
    encoding: str = "utf-8"
    drop: bool = False

    def make(self, folder: Path) -> None:
        """Change the file in ``folder``."""
        path = folder / self.file
        if self.drop:
            path.unlink()
            return
        text = path.read_text(encoding="utf-8") if self.replace else ""
        place = whole = find(text, self.replace, self.after)
        new = text[:place] + self.with_ + text[whole + len(self.replace) :] + self.repeat * self.times
        assert new != text or self.encoding != "utf-8", "an edit that changes nothing"
        path.write_bytes(new.encode(self.encoding))


class Fault(Frozen):
    """What must be found: where ``at`` begins (it stands there once, or first behind ``after``), or on ``line``."""

    file: str
    at: str = ""
    after: str = ""
    line: int = 0
    says: Annotated[str, Field(min_length=5)]

    def where(self, folder: Path) -> int:
        """The line in the changed file, from 1."""
        if self.line:
            return self.line
        text = (folder / self.file).read_text(encoding="utf-8")
        return text.count("\n", 0, find(text, self.at, self.after)) + 1


class Case(Frozen):
    """One broken pack."""

    edits: tuple[Edit, ...]
    faults: Annotated[tuple[Fault, ...], Field(min_length=1)]


def find(text: str, wanted: str, after: str) -> int:
    """Where ``wanted`` stands."""
    assert text.count(after or wanted) == 1 or not text, f"{after or wanted!r} stands there {text.count(wanted)} times"
    return text.index(wanted, text.index(after))


def read(path: Path) -> Case:
    """A file under ``broken/``, by the reader of packs itself."""
    return validate(Case, load(path.read_text(encoding="utf-8"), path.name))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_pack_is_refused_with_file_line_and_what_to_do(path: Path, tmp_path: Path) -> None:
    case = read(path)
    folder = tmp_path / "pack"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("examples"))
    for edit in case.edits:
        edit.make(folder)
    with pytest.raises(PackError) as caught:
        parse(packs.read_folder(folder))
    found = [(one.file, one.line, one.text) for one in caught.value.all]
    expected = sorted(((fault.file, fault.where(folder), fault.says) for fault in case.faults), key=lambda one: one[:2])
    assert [one[:2] for one in found] == [one[:2] for one in expected], found
    rest = list(found)
    for file, line, says in expected:
        match = next((one for one in rest if one[:2] == (file, line) and says in one[2]), None)
        assert match is not None, f"{says!r} is not said on {file}:{line}: {found}"
        rest.remove(match)


def test_there_are_enough_and_each_says_why() -> None:
    assert len(BROKEN) >= 40
    for path in BROKEN:
        assert path.read_text(encoding="utf-8").startswith("# "), f"{path.name} does not say what is wrong with it"
    numbers = [path.stem.split("-")[0] for path in BROKEN]
    assert len(set(numbers)) == len(numbers)


def test_the_pack_itself_is_whole() -> None:
    """Or the tests above would be content with any fault of the real pack."""
    assert parse(packs.read_folder(SHIPPED)).id == "zvh-protocol-2019"
