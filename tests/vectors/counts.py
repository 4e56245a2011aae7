"""Per folder of vectors who asks our code, and what must become of it: literals, so that a case that is lost shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.vectors import (
    hpke,
    jcs,
    jose_cookbook,
    jose_hpke,
    jose_hpke_pq,
    json_test_suite,
    merkle,
    tlog_tiles,
    voprf,
    witness,
    wycheproof,
)
from tests.vectors.judging import Case, Counts


@dataclass(frozen=True)
class Folder:
    """One folder under ``shared/vectors``."""

    cases: Callable[[Path], Iterator[Case]]
    counts: Counts


FOLDERS: Final = {
    "hpke": Folder(hpke.cases, Counts(accepted=2, divergent=13)),
    "jcs": Folder(jcs.cases, Counts(accepted=23, divergent=7)),
    "jose-cookbook": Folder(jose_cookbook.cases, Counts(accepted=6, refused=4, divergent=66, later=1)),
    "jose-hpke": Folder(jose_hpke.cases, Counts(accepted=12, refused=12, divergent=32)),
    "jose-hpke-pq": Folder(jose_hpke_pq.cases, Counts(accepted=3, refused=5, divergent=2)),
    "json-test-suite": Folder(json_test_suite.cases, Counts(accepted=35, refused=94, divergent=12, pinned=18)),
    "merkle": Folder(merkle.cases, Counts(accepted=11, refused=184, divergent=1)),
    "tlog-tiles": Folder(tlog_tiles.cases, Counts(accepted=304, refused=240, later=3)),
    "voprf": Folder(voprf.cases, Counts(later=40)),
    "witness": Folder(witness.cases, Counts(accepted=9, refused=4, later=9)),
    "wycheproof": Folder(wycheproof.cases, Counts(accepted=1088, refused=611, divergent=236)),
}
