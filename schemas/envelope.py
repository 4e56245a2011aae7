"""A message on the wire: the manifest's JWS, the sealed text, further signatures (wire.md "Bytes").

Parsing only. Whether the signature holds is :mod:`keys.jws`; here bytes become a closed model or an
:class:`EnvelopeError` whose code may cross the wire.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from schemas import SchemaError, strict
from schemas.acts import ACTS
from schemas.manifest import Manifest, UnfitError
from schemas.records import Frozen
from schemas.strict import Json

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


def _inside(value: Json, part: str | int) -> tuple[Json] | None:
    """The value under a name or an index, alone in a tuple; None where there is none."""
    if isinstance(value, dict) and isinstance(part, str):
        return (value[part],) if part in value else None
    if isinstance(value, list) and isinstance(part, int):
        return (value[part],) if part < len(value) else None
    return None


def _pointer(error: ValidationError, value: Json) -> str:
    """The place in ``value`` of the first thing that is wrong: names of our own members and indices of lists.

    A foreign member's name is not repeated, and neither is what pydantic calls the alternatives that it tried.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    loc, kind = first["loc"], first["type"]
    parts: list[str | int] = []
    for part in loc[:-1] if kind in {"extra_forbidden", "missing"} else loc:
        found = _inside(value, part)
        if found is not None:
            parts.append(part)
            (value,) = found
    if kind == "missing":
        parts.append(loc[-1])
    cause = first.get("ctx", {}).get("error")
    return "".join(f"/{part}" for part in parts) + (cause.pointer if isinstance(cause, UnfitError) else "")


def _validate(model: type[M], value: dict[str, Json], code: str) -> M:
    """By the names on the wire alone: a member that goes by the name of our own attribute is an unknown one."""
    try:
        return model.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise EnvelopeError(code, _pointer(error, value)) from None


def parse_envelope(data: bytes) -> Envelope:
    """The envelope in ``data``. Raises :class:`strict.StrictError` or :class:`EnvelopeError`."""
    return _validate(Envelope, strict.parse_object(data), "bericht_vorm")


def parse_manifest(payload: bytes) -> Manifest:
    """The manifest in a verified payload. Raises :class:`strict.StrictError` or :class:`EnvelopeError`."""
    value = strict.parse_object(payload, strict.COMPACT_LIMIT)
    try:
        return _validate(Manifest, value, "manifest_vorm")
    except EnvelopeError:
        if isinstance(value.get("kind"), str) and value["kind"] not in ACTS:
            raise EnvelopeError("soort_onbekend", "/kind") from None
        raise


def parse_model(model: type[M], payload: bytes) -> M:
    """Any other closed model of the wire (inner JWS, body, record). Same errors."""
    return _validate(model, strict.parse_object(payload), "manifest_vorm")
