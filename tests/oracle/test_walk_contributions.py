"""The whole walk, its part through contributions in the meeting and at the hand-over."""

from __future__ import annotations

import pytest

from tests.oracle.agreed import Tables
from tests.oracle.walking import PARTS, walk_whole


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "kind"), PARTS["contributions"])
def test_every_step_of(phase: str, kind: str, tables: Tables) -> None:
    assert walk_whole(tables, phase, kind).allowed > 0
