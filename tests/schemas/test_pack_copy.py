"""A pack under another name: the same in all but its name, its version and its title, with every comment kept."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from schemas import packs
from schemas.pack import Pack
from schemas.pack_copy import renamed
from schemas.pack_diff import compare
from schemas.pack_rows import Label
from schemas.pack_yaml import parse

LABEL = Label(nl='Een "eigen" titel: met # en \\ erin', en="A title: of one's own")


@pytest.fixture(scope="module")
def files() -> Mapping[str, str]:
    return packs.read("zvh-protocol-2019")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


def test_only_the_name_differs(files: Mapping[str, str], pack: Pack) -> None:
    new = parse(renamed(files, pack, "zvh-groningen", "0.1", LABEL))
    assert (new.id, new.version, new.label) == ("zvh-groningen", "0.1", LABEL)
    assert {change.section for change in compare(pack, new)} == {"id", "version", "label"}


def test_comments_and_readings_stay(files: Mapping[str, str], pack: Pack) -> None:
    new = renamed(files, pack, "zvh-groningen", "0.1", LABEL)
    assert {name for name in files if new[name] != files[name]} == {"pack.yaml"}
    first, *rest = new["pack.yaml"].splitlines()
    assert first == f"# Begun as a copy of zvh-protocol-2019 8.3, digest {pack.digest}."
    old = files["pack.yaml"].splitlines()
    assert len(rest) == len(old)
    assert sum(one != two for one, two in zip(rest, old, strict=True)) == 4


@pytest.mark.parametrize(
    "written",
    [
        "id: zvh-protocol-2019\nversion: '8.3'\nlabel: {nl: kort, en: short}\n",
        "label:\n  en: |\n    short\n  nl: >-\n    kort\n    en bondig\nversion: 8.3\nid: |-\n  zvh-protocol-2019\n",
        "\ufeffid: zvh-protocol-2019\nlabel: {nl: een ë en 𝕏, en: short}\nversion: 8.3\n",
    ],
)
def test_however_it_was_written(files: Mapping[str, str], pack: Pack, written: str) -> None:
    body = files["pack.yaml"].partition("\nlimits:")[2]
    other = dict(files) | {"pack.yaml": f"# begin\nlimits:{body}", "naam.yaml": written}
    new = parse(renamed(other, pack, "zvh-groningen", "0.1", LABEL))
    assert (new.id, new.version, new.label) == ("zvh-groningen", "0.1", LABEL)


def test_a_file_without_a_name_is_left(pack: Pack) -> None:
    files = {"leeg.yaml": "- 1\n", "categories/id.yaml": "id: relaties\n"}
    assert renamed(files, pack, "zvh-groningen", "0.1", LABEL) == files
