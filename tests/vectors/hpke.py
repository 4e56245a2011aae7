"""Known answers of HPKE with post-quantum and hybrid KEMs, through :mod:`keys.hpke` as it is.

Every encryption in the file carries additional data, which the library's call does not take, under an ``info`` that is
not JOSE's: none can open. What can be compared is the key: of the KEM that is ours, seed and public key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from keys.hpke import ReceiveKey, unwrap_key
from schemas.strict import decode_base64url
from tests.vectors.judging import Case, Want

FILE = "testdata/hpke-pq.json"
OURS = 0x647A
"""The KEM of ML-KEM-768 with X25519."""


def cases(folder: Path) -> Iterator[Case]:
    """Per suite the key and the first encryption, by its three numbers."""
    for vector in json.loads((folder / FILE).read_text()):
        name = "-".join(f"{vector[part]:04x}" for part in ("kem_id", "kdf_id", "aead_id"))
        if vector["kem_id"] == OURS:
            yield Case(FILE, f"{name}/key", Want.OPEN, partial(_key, vector))
        yield Case(FILE, f"{name}/encryptions", Want.OPEN, partial(_open, vector))


def _key(vector: dict[str, Any]) -> None:
    key = ReceiveKey.from_seed(bytes.fromhex(vector["skRm"]))
    assert decode_base64url(key.public.pub).hex() == vector["pkRm"]


def _open(vector: dict[str, Any]) -> None:
    key = ReceiveKey.from_seed(bytes.fromhex(vector["skRm"]))
    encapsulated, info = bytes.fromhex(vector["enc"]), bytes.fromhex(vector["info"])
    for one in vector["encryptions"]:
        assert unwrap_key(encapsulated, bytes.fromhex(one["ct"]), key, info).hex() == one["pt"]
