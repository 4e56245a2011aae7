"""Fixed mutations of bytes: the same for the same seed and number, on every machine and in every version.

Far less clever than what is guided by coverage, and quick enough for every run: bytes flipped, dropped, doubled, moved,
cut off, replaced by what parsers trip over, and pieces of other seeds put in.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

STUMBLES = (
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"e\xcc\x81", b"\xef\xbb\xbf", b"\r", b"\n", b"\n\n", b"\t", b" ",
    b'"', b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[" * 20, b"]", b":", b",", b"-0", b"1e9", b"9" * 400, b"NaN",
    b"null", b"true", b"=", b"==", b"+", b"/", b".", b"..", b"-", b"_", b"*a", b"&a ", b"!!str ", b"<<: ", b"%",
    b"---\n",
    b"\xe2\x80\x94 ", b"0", b"00", b"x001/", b"A" * 43, b"\xd9\xa3", b"\xe2\x80\xa8",
)  # fmt: skip


def mutations(seeds: Sequence[bytes], count: int, name: str) -> list[bytes]:
    """``count`` mutations of ``seeds``, decided by ``name``."""
    chance = random.Random(hashlib.sha256(name.encode()).digest())
    return [_mutated(chance.choice(seeds), seeds, chance) for _ in range(count)]


def _mutated(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at = chance.randrange(len(made) + 1)
        length = chance.choice((1, 1, 2, 4, 16))
        kind = chance.randrange(8)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        elif kind == 1 and made:
            made[at % len(made)] = chance.randrange(256)
        elif kind == 2:
            del made[at : at + length]
        elif kind == 3:
            made[at:at] = made[at : at + length]
        elif kind == 4:
            made[at:at] = chance.choice(STUMBLES)
        elif kind == 5:
            made[at : at + length] = chance.choice(STUMBLES)
        elif kind == 6:
            del made[at:]
        else:
            other = chance.choice(seeds)
            begin = chance.randrange(len(other) + 1)
            made[at : at + length] = other[begin : begin + length * 4]
    return bytes(made)
