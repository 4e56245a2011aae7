"""What no pack may say: the directions of kinds as wire.md has them, and the names that B4-x and article 9 forbid.

The refusals themselves, with file and line, are broken packs under ``broken/``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas import packs
from schemas.acts import ACTS
from schemas.pack import Pack
from schemas.pack_guards import ALWAYS_FORBIDDEN, NARROWING, guards, slips


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load("zvh-protocol-2019")


def test_the_real_pack_passes(pack: Pack) -> None:
    assert [*slips(pack), *guards(pack)] == []


def test_what_narrows_is_a_kind_that_there_is(pack: Pack) -> None:
    assert ACTS.keys() > NARROWING
    assert not {kind.id for kind in pack.kinds if kind.items != "none"} & NARROWING


def test_names_that_the_protocol_excludes(shared: Path) -> None:
    text = (shared / "protocol/rules.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("| B4-x |")]
    words = ("BSN", "ras", "religie", "politieke opvatting", "vakbond", "seksuele gerichtheid")
    assert all(word in line and word.lower().replace(" ", "_") in ALWAYS_FORBIDDEN for word in words)
    assert "genetic and biometric data" in line
    assert {"genetische_gegevens", "biometrische_gegevens"} <= set(ALWAYS_FORBIDDEN)


def test_each_missing_name_is_one_fault(pack: Pack) -> None:
    other = pack.model_copy(update={"forbidden_fields": ("schoenmaat",)})
    faults = [text for _, text in guards(other)]
    assert len(faults) == len(ALWAYS_FORBIDDEN)
    assert all(f"`{name}` is missing" in text for name, text in zip(ALWAYS_FORBIDDEN, faults, strict=True))
