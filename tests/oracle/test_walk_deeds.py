"""The whole walk, its part through the provisions outside the meeting."""

from __future__ import annotations

import pytest

from tests.oracle.agreed import Tables
from tests.oracle.walking import PARTS, walk_whole


@pytest.mark.slow
@pytest.mark.parametrize(("phase", "kind"), PARTS["deeds"])
def test_every_step_of(phase: str, kind: str, tables: Tables) -> None:
    assert walk_whole(tables, phase, kind).allowed > 0
