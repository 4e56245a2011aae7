"""A message on the wire: the manifest's JWS, the sealed text, further signatures (wire.md "Bytes").

Parsing only. Whether the signature holds is :mod:`keys.jws`; here bytes become a closed model or an
:class:`EnvelopeError` whose code may cross the wire.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from schemas import SchemaError, strict
from schemas.acts import ACTS
from schemas.manifest import Manifest
from schemas.records import Frozen

M = TypeVar("M", bound=Frozen)


class EnvelopeError(SchemaError, ValueError):
    """A message of the wrong shape; ``code`` is one of :mod:`schemas.problems`, ``pointer`` the place."""

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(f"{code} at {pointer or '/'}")
        self.code = code
        self.pointer = pointer


class Envelope(Frozen):
    """The JSON of ``POST messages``."""

    manifest: Annotated[str, Field(max_length=strict.COMPACT_LIMIT)]
    sealed: Annotated[str, Field(max_length=strict.MESSAGE_LIMIT)] | None = None
    also: Annotated[tuple[str, ...], Field(max_length=4)] = ()


def _pointer(error: ValidationError) -> str:
    """Names of our own members and indices of lists; a foreign member's name is not repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    parts = list(first["loc"])
    if first["type"] == "extra_forbidden" and parts:
        parts = parts[:-1]
    return "".join(f"/{part}" for part in parts)


def parse_envelope(data: bytes) -> Envelope:
    """The envelope in ``data``. Raises :class:`strict.StrictError` or :class:`EnvelopeError`."""
    try:
        return Envelope.model_validate(strict.parse_object(data))
    except ValidationError as error:
        raise EnvelopeError("bericht_vorm", _pointer(error)) from None


def parse_manifest(payload: bytes) -> Manifest:
    """The manifest in a verified payload. Raises :class:`strict.StrictError` or :class:`EnvelopeError`."""
    value = strict.parse_object(payload, strict.COMPACT_LIMIT)
    try:
        return Manifest.model_validate(value)
    except ValidationError as error:
        if isinstance(value.get("kind"), str) and value["kind"] not in ACTS:
            raise EnvelopeError("soort_onbekend", "/kind") from None
        raise EnvelopeError("manifest_vorm", _pointer(error)) from None


def parse_model(model: type[M], payload: bytes) -> M:
    """Any other closed model of the wire (inner JWS, body, record). Same errors."""
    try:
        return model.model_validate(strict.parse_object(payload))
    except ValidationError as error:
        raise EnvelopeError("manifest_vorm", _pointer(error)) from None
