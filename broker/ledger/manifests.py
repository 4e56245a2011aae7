"""Manifests as they were accepted: read again from the text that is kept, and not verified a second time."""

from __future__ import annotations

from functools import lru_cache

from keys import jws
from schemas.envelope import parse_manifest
from schemas.manifest import MANIFEST_TYP, Manifest


@lru_cache(maxsize=1024)
def read_manifest(text: str) -> Manifest:
    """The manifest in a compact JWS whose signature held when it came in."""
    return parse_manifest(jws.parse(text, MANIFEST_TYP).payload)
