"""The protocol packs that this broker can decide by: by digest, model and files.

Those that come with the program, and those in folders that the operator's settings name: a house may have its own.
Which of them is in force is said by the records of each house; a manifest that names another one is not decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from schemas import packs
from schemas.ids import PackDigest
from schemas.pack import Pack
from schemas.pack_yaml import parse


@dataclass(frozen=True, slots=True)
class Packs:
    """Packs and the text of their files."""

    by_digest: Mapping[PackDigest, Pack]
    files: Mapping[PackDigest, Mapping[str, str]]

    @classmethod
    def of(cls, folders: Iterable[Path] = ()) -> Self:
        """Those of the program and those in ``folders``. Raises :class:`schemas.pack.PackError`, :class:`OSError`."""
        texts = [packs.read(name) for name in packs.names()]
        loaded = [(packs.load(name), text) for name, text in zip(packs.names(), texts, strict=True)]
        for folder in folders:
            text = packs.read_folder(folder)
            loaded.append((parse(text), text))
        return cls({pack.digest: pack for pack, _ in loaded}, {pack.digest: text for pack, text in loaded})
