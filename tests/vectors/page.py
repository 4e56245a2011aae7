"""``docs/vectors.md``: which vectors of others run, what became of them, and where we differ and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.vectors.counts import FOLDERS
from tests.vectors.judging import Table

PAGE: Final = "docs/vectors.md"
WHAT: Final = {
    "hpke": "HPKE known answers, post-quantum: the keys of the KEM in use",
    "jcs": "RFC 8785: canonical bytes, and the strict parser on the same texts",
    "jose-cookbook": "RFC 7520 and Curve25519: whole texts, keys, signatures, contents under AES-256-GCM",
    "jose-hpke": "HPKE in JOSE, classical: whole texts; the key encryption of six of them by the library's call",
    "jose-hpke-pq": "`HPKE-10-KE`, the algorithm of `keten-pq`: key, key encryption and content",
    "json-test-suite": "JSON texts through the only parser of foreign bytes",
    "merkle": "inclusion and consistency proofs, honest and spoiled",
    "tlog-tiles": "a whole small log: checkpoints, tiles, bundles, and every proof into and between its trees",
    "voprf": "RFC 9497",
    "witness": "what was sent to a witness: checkpoints and consistency proofs",
    "wycheproof": "Ed25519, X25519 (through a JWE of `keten-ec` and as half of a `keten-pq` key), AES-GCM, JWS",
}
INTRODUCTION: Final = """\
# Vectors of others

Made by `make docs` from `tests/vectors`; a test holds this page against it. Every file of the vectors is opened by
code of the product: `schemas.strict` for JSON, `keys` for keys, signatures, sealing, checkpoints and proofs. A number
of cases is that of questions put to our code, so one file may give several: a JWK as a key, a text as a whole, its
content apart.

* *accepted*: opened, verified or read, with the result that the vector gives
* *refused*: must be refused, and is, by a declared error
* *divergent*: refused here although the vector's author accepts it; the second table says why. The opposite, accepting
  what must be refused, fails the tests and can stand nowhere
* *pinned*: left to the reader by the author; our outcome is fixed
* *not run*: of no part of this release, or no vector

The counts are literals in the tests, and the same run writes them to `build/vectors.json`. Without the vectors
(`KETEN_SHARED`) these tests are skipped and say so; with `CI=true` that is a failure.
"""
NOTES: Final = """\
## What is not run, and what is not here

* `voprf` (40 vectors): matching without revealing belongs to later work; nothing in this release does it.
* `witness`: the nine answers of the witness belong to later work; checkpoints and proofs of the same exchanges run.
* `tlog-tiles`: three files that the program keeps for itself. The folder has no public key, so its signatures are read
  and not verified.
* Files of Wycheproof that are not among the vectors (JWE, JWK, X25519 as JWK, AES key wrap, ML-KEM): the classes of
  fault that they try are tests of our own in `tests/vectors`, over texts that are validly signed or sealed but for
  that one fault. Two acceptances that these tests found are closed: a content key or nonce of another length than the
  profile's, and bytes moved between `ek` and `encrypted_key`, both only behind the strict reading, which refused them.
* AES-GCM runs through `keys.atrest`, the narrowest function over that primitive; a JWE has one more reader before it,
  which fixes the lengths of nonce and tag.

## Programs of others

Beside vectors, living programs read what we write and the reverse (`tests/strangers`; counts: `build/strangers.json`):

* npm `jose` opens seals of `keten-ec` to one and to several recipients and we open its; tamperings are refused by both;
  signatures verify both ways, byte for byte the same. It knows neither HPKE nor ML-KEM, so `keten-pq` has vectors only.
  For one recipient it writes `epk`, `apu` and `apv` into the protected header, which is not our form.
* Go's `sumdb/note` and `sumdb/tlog` accept checkpoints, inclusion of every entry, consistency of every size and all
  tiles of a log of over 300 entries, and refuse every tampering that we refuse.

## Decided where the authors leave it open

X25519: a shared secret of zeroes is refused everywhere, a second spelling of a point (above 2^255 - 20) in keys and
ephemeral keys of `keten-ec`; points on the twist are accepted, as RFC 7748 has it. Ed25519: keys in their one spelling,
on the curve and not of small order.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_counts(), "", NOTES, *_divergences(), "", *_pinned(), ""])


def _counts() -> Iterator[str]:
    yield "| folder | what runs | accepted | refused | divergent | pinned | not run |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    sums = dict.fromkeys(("accepted", "refused", "divergent", "pinned", "later"), 0)
    for name, folder in FOLDERS.items():
        figures = folder.counts.figures()
        sums = {part: sums[part] + figures[part] for part in sums}
        yield f"| {name} | {WHAT[name]} | " + " | ".join(str(figures[part]) for part in sums) + " |"
    yield "| **together** | | " + " | ".join(str(number) for number in sums.values()) + " |"


def _divergences() -> Iterator[str]:
    yield "## Where we refuse what others accept"
    yield ""
    yield "| folder | file | cases | number | we | they | why |"
    yield "|---|---|---|--:|---|---|---|"
    for name, rows in Table.read().divergences.items():
        for row in rows:
            files = "<br>".join(f"`{file}`" for file in row.files)
            cases = " ".join(f"`{case}`" for case in row.cases if case) or "whole"
            yield f"| {name} | {files} | {cases} | {row.count} | `{row.ours}` | {row.vector} | {row.reason} |"


def _pinned() -> Iterator[str]:
    yield "## What is left to the reader, and is fixed here"
    yield ""
    yield "| folder | case | we |"
    yield "|---|---|---|"
    for name, outcomes in Table.read().pinned.items():
        for case, found in outcomes.items():
            yield f"| {name} | `{case}` | `{found}` |"
