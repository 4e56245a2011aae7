"""Pages of the broker are large: what a message may not hold, a directory may."""

from __future__ import annotations

import json

import pytest

from connectors import LinkError
from connectors.exchanges import pages


def directory(records: int, size: int) -> bytes:
    """A directory of so many records, each about ``size`` bytes."""
    row = {"first": "a" * size, "second": "b", "time": "2026-03-10T09:00:00Z"}
    rows = [row | {"index": index} for index in range(records)]
    return json.dumps({"records": rows, "checkpoint": "c"}).encode()


def test_a_directory_of_a_whole_country_is_read() -> None:
    page = pages.read(pages.DirectoryPage, directory(20_000, 1_000))
    assert len(page.records) == 20_000


def test_a_page_has_its_limit_all_the_same() -> None:
    with pytest.raises(LinkError):
        pages.read(pages.DirectoryPage, directory(60_000, 10))
