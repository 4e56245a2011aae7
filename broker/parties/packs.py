"""The protocol packs that this broker can decide by: by digest, model and files.

Which of them is in force is said by the records of each house; a manifest that names another one is not decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from schemas import packs
from schemas.ids import PackDigest
from schemas.pack import Pack


@dataclass(frozen=True, slots=True)
class Packs:
    """Packs and the text of their files."""

    by_digest: Mapping[PackDigest, Pack]
    files: Mapping[PackDigest, Mapping[str, str]]

    @classmethod
    def shipped(cls) -> Self:
        """Those that come with the program."""
        loaded = {name: packs.load(name) for name in packs.names()}
        return cls(
            {pack.digest: pack for pack in loaded.values()},
            {pack.digest: packs.read(name) for name, pack in loaded.items()},
        )
