"""What somebody sent to a witness: the log's checkpoints and consistency proofs run, the answers are later."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from keys import checkpoint
from keys.jws import VerifyKey
from keys.merkle import verify_consistency
from schemas.records import OkpKey
from schemas.strict import encode_base64url
from tests.vectors.judging import Case, Want

FILE = "cmd/litewitness/testdata/litewitness.txt"
_EXCHANGE = re.compile(
    r"^old (?P<old>\d+)\n(?P<proof>(?:\S+\n)*)\n(?P<note>\S+\n\d+\n\S+\n\n\u2014 .*\n)```\nHTTP (?P<status>\d+)\n"
    r"\[Asserts\]\nbody (?P<body>.*)\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Exchange:
    """One request, and with which status the witness answered."""

    old: int
    proof: tuple[bytes, ...]
    note: str
    status: str
    body: str


def _read(folder: Path) -> tuple[VerifyKey, str, list[Exchange]]:
    """The log's key, its origin (sigsum: the hash of the key), and the exchanges."""
    text = (folder / FILE).read_text(encoding="utf-8")
    found = re.search(r"add-sigsum-log -key=([0-9a-f]{64})", text)
    assert found is not None
    raw = bytes.fromhex(found.group(1))
    key = VerifyKey.from_public(OkpKey(kty="OKP", crv="Ed25519", x=encode_base64url(raw)))
    exchanges = [
        Exchange(
            old=int(one["old"]),
            proof=tuple(base64.b64decode(line) for line in one["proof"].split()),
            note=one["note"],
            status=one["status"],
            body=one["body"],
        )
        for one in _EXCHANGE.finditer(text)
    ]
    assert len(exchanges) == text.count("\nPOST ")
    return key, "sigsum.org/v1/tree/" + hashlib.sha256(raw).hexdigest(), exchanges


def cases(folder: Path) -> Iterator[Case]:
    """Per exchange: is the checkpoint of this log, does the proof lead to it, and (later) what a witness says."""
    key, origin, exchanges = _read(folder)
    roots = {}
    for one in exchanges:
        if one.status == "200":
            head = checkpoint.parse(one.note).checkpoint
            roots[head.size] = head.root
    for number, one in enumerate(exchanges, 1):
        want = Want.REFUSE if one.status == "403" else Want.OPEN
        yield Case(FILE, f"{number}/checkpoint", want, partial(checkpoint.verify, one.note, key, origin))
        if one.old and one.status in {"200", "422"}:
            want = Want.OPEN if one.status == "200" else Want.REFUSE
            yield Case(FILE, f"{number}/consistency", want, partial(_consistent, one, roots[one.old]))
        yield Case(FILE, f"{number}/answer {one.status}", Want.LATER, lambda: None)


def _consistent(one: Exchange, old_root: bytes) -> None:
    head = checkpoint.parse(one.note).checkpoint
    verify_consistency(one.old, head.size, old_root, head.root, one.proof)
