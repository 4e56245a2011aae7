"""The tables of the documents, read once for the tests of the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.agreed import Tables, tables_of
from tests.oracle.markdown import documents


@pytest.fixture(scope="session")
def tables(shared: Path) -> Tables:
    """What the documents say, and what the pack must hold."""
    return tables_of(documents(shared))
