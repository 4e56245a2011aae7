"""Every folder of vectors against our code: nothing wrongly accepted, and every difference is one that we know of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.vectors import page
from tests.vectors.counts import FOLDERS
from tests.vectors.judging import Counts, Table, judge

NO_VECTORS = {"README.md", "LICENSE", "LICENSE.md"}


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Counts]]:
    """What became of each folder in this run, written where figures are shown."""
    counts: dict[str, Counts] = {}
    yield counts
    if counts.keys() == FOLDERS.keys():
        figures = {name: counts[name].figures() for name in FOLDERS}
        (ROOT / "build").mkdir(exist_ok=True)
        (ROOT / "build" / "vectors.json").write_text(json.dumps(figures, indent=1) + "\n")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder(name: str, shared: Path, found: dict[str, Counts]) -> None:
    folder, table = shared / "vectors" / name, Table.read()
    verdict = judge(
        FOLDERS[name].cases(folder),
        table.divergences.get(name, ()),
        table.pinned.get(name, {}),
    )
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert verdict.wrong == ()
    assert there - verdict.files <= NO_VECTORS, "a file that no case opens"
    assert verdict.counts == FOLDERS[name].counts
    found[name] = verdict.counts


def test_all_folders_are_known(shared: Path) -> None:
    folders = {path.name for path in (shared / "vectors").iterdir() if path.is_dir()}
    table = Table.read()
    assert folders == FOLDERS.keys()
    assert table.divergences.keys() <= FOLDERS.keys()
    assert table.pinned.keys() <= FOLDERS.keys()


def test_the_table_adds_up_to_the_counts() -> None:
    """Also where the vectors are absent."""
    table = Table.read()
    for name, folder in FOLDERS.items():
        assert sum(row.count for row in table.divergences.get(name, ())) == folder.counts.divergent
        assert len(table.pinned.get(name, {})) == folder.counts.pinned


def test_the_page_is_fresh() -> None:
    assert (ROOT / page.PAGE).read_text(encoding="utf-8") == page.text(), "run: make docs"
