"""From a document of strings to a model: numbers, truth values, unknown keys, and errors that say where.

The model decides what a text becomes: ``true`` and ``false`` where it asks for a truth value, digits where it asks for
an integer, and nothing else (not ``yes``, not ``6.0``). An unknown key is reported with the nearest known one.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ValidationError

from schemas.yaml_text import Data, Document, Path, YamlError

Model = TypeVar("Model", bound=BaseModel)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_TRUTH = {"true": True, "false": False}
_WORDS = {
    "missing": "is missing; add it",
    "too_short": "an empty list; name at least one, or leave the key out where it may be left out",
    "string_type": "write a text here, not a list or members",
    "tuple_type": "write a list here, such as [a, b]",
    "model_type": "write members here, such as `id:`",
}
"""What pydantic calls what people write wrongly most."""


def validate(model: type[Model], document: Document) -> Model:
    """The document as ``model``. Raises :class:`YamlError` with every fault, in the order of their lines."""
    reading = _Typing(document)
    data = reading.typed(_Wanted(model), document.data, ())
    found: Model | None = None
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        reading.add(error)
    if reading.errors or found is None:
        raise together(reading.errors)
    return found


def together(errors: Iterable[YamlError]) -> YamlError:
    """Several errors as one that carries the others; at least one is needed."""
    first, *others = sorted(set_of(errors), key=lambda error: (error.file, error.line))
    return YamlError(first.file, first.line, first.text, tuple(others))


def set_of(errors: Iterable[YamlError]) -> list[YamlError]:
    """Each (file, line, text) once."""
    return list({(error.file, error.line, error.text): error for error in errors}.values())


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint: the known word that looks most like ``word``, else what is known."""
    options = sorted(known)
    if close := difflib.get_close_matches(word, options, 1, 0.6):
        return f"did you mean `{close[0]}`?"
    return f"known here: {', '.join(options[:12])}{' ...' if len(options) > 12 else ''}"


@dataclass(frozen=True)
class _Wanted:
    """What an annotation asks for: a type, and for a list or a mapping what each value of it is."""

    kind: Any = None
    each: _Wanted | None = None


class _Typing:
    """One document on its way to one model; collects what is wrong."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.errors: list[YamlError] = []

    def typed(self, wanted: _Wanted | None, value: Data, path: Path) -> Any:
        """``value`` with numbers and truth values where they are asked for."""
        if wanted is None:
            return value
        if isinstance(value, str):
            return self._scalar(wanted.kind, value, path)
        if isinstance(value, list):
            if not _is_a(wanted.kind, Sequence, set, frozenset):
                return list(value)
            return [self.typed(wanted.each, inner, (*path, index)) for index, inner in enumerate(value)]
        if _is_a(wanted.kind, BaseModel):
            return self._members(wanted.kind, value, path)
        if _is_a(wanted.kind, Mapping):
            return {key: self.typed(wanted.each, inner, (*path, key)) for key, inner in value.items()}
        return value

    def _scalar(self, kind: Any, value: str, path: Path) -> str | int | bool:
        if kind is bool and value not in _TRUTH:
            self._wrong(path, "write true or false")
        if kind is int and not _INTEGER.fullmatch(value):
            self._wrong(path, "write a whole number in digits")
        if kind is bool:
            return _TRUTH.get(value, False)
        if kind is int:
            return int(value) if _INTEGER.fullmatch(value) else 1
        return value

    def _members(self, model: type[BaseModel], values: dict[str, Data], path: Path) -> dict[str, Any]:
        fields = _fields(model)
        known = {key: self.typed(fields[key], value, (*path, key)) for key, value in values.items() if key in fields}
        if model.model_config.get("extra") != "forbid":
            return {**values, **known}
        for key in sorted(values.keys() - fields.keys()):
            self._wrong((*path, key), f"unknown key; {nearest(key, fields)}")
        return known

    def _wrong(self, path: Path, text: str) -> None:
        self.errors.append(self._document.error(path, f"{_written(path)}: {text}"))

    def add(self, error: ValidationError) -> None:
        """What pydantic found, in our words; never the value itself, which may be a secret."""
        found = error.errors(include_url=False, include_input=False)
        for one in found:
            path = one["loc"]
            if one["type"] == "too_short" and any(path == other["loc"][: len(path)] != other["loc"] for other in found):
                continue  # not empty: pydantic counts what is left when the faulty ones are out
            text = _WORDS.get(one["type"], one["msg"]).removeprefix("Value error, ")
            self._wrong(path, text.replace("Input should", "should").replace("String should", "should"))


def _is_a(kind: Any, *bases: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, bases)


@lru_cache(maxsize=256)
def _fields(model: type[BaseModel]) -> dict[str, _Wanted | None]:
    """What each member of a model is, by the name it has in a document; worked out once for each model."""
    return {field.alias or name: _wanted(field.rebuild_annotation()) for name, field in model.model_fields.items()}


def _wanted(annotation: Any) -> _Wanted | None:
    """What an annotation asks for; None where a text may stay as it is: two types, of which the model chooses."""
    options = [option for option in _options(annotation) if option is not type(None)]
    if len(options) != 1:
        return None
    kind, arguments = typing.get_origin(options[0]) or options[0], typing.get_args(options[0])
    if _is_a(kind, Mapping):
        return _Wanted(kind, _wanted(arguments[1])) if len(arguments) == 2 else _Wanted(kind)
    return _Wanted(kind, _wanted(arguments[0])) if arguments else _Wanted(kind)


def _options(wanted: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation, without ``Annotated``."""
    while typing.get_origin(wanted) is Annotated:
        wanted = typing.get_args(wanted)[0]
    if typing.get_origin(wanted) in {typing.Union, types.UnionType}:
        return tuple(inner for option in typing.get_args(wanted) for inner in _options(option))
    return (wanted,)


def _written(path: Path) -> str:
    """A path as people write it: ``fields[2].level``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"`{text.removeprefix('.')}`" if path else "the file"
