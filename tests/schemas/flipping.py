"""Every way to change one thing of a model: each leaf set otherwise, each list or mapping with one more or less."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel

Path = tuple[str | int, ...]


def flips(model: BaseModel) -> Iterator[tuple[Path, Any]]:
    """Where, and the model with just that one thing otherwise; nothing is validated."""
    for name, field in type(model).model_fields.items():
        for path, value in _values(getattr(model, name), field.rebuild_annotation()):
            yield (name, *path), model.model_copy(update={name: value})


def _values(value: Any, wanted: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, BaseModel):
        yield from flips(value)
    elif isinstance(value, tuple):
        inner = _inner(wanted)
        for index, element in enumerate(value):
            for path, new in _values(element, inner):
                yield (index, *path), (*value[:index], new, *value[index + 1 :])
            yield (index, "gone"), (*value[:index], *value[index + 1 :])
        if not any(isinstance(option, type) and issubclass(option, BaseModel) for option in _options(inner)):
            yield ("more",), (*value, _other(None, inner))
    elif isinstance(value, Mapping):
        inner = _inner(wanted)
        for key, element in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            for path, new in _values(element, inner):
                yield (key, *path), {**value, key: new}
            yield (key, "gone"), rest
            yield (key, "renamed"), rest | {f"{key}_anders": element}
    else:
        yield (), _other(value, wanted)


def _other(value: Any, wanted: Any) -> Any:
    """Another value of the same kind."""
    for option in _options(wanted):
        if typing.get_origin(option) is Literal:
            return next((word for word in typing.get_args(option) if word != value), None)
        if option is bool:
            return not value
        if option is int:
            return (value or 0) + 1
        if option is str or hasattr(option, "__supertype__") or isinstance(option, type):
            return f"{value or 'nieuw'}x"
    raise AssertionError(f"no other value of {wanted}")


def _options(wanted: Any) -> Iterator[Any]:
    """The alternatives of an annotation, but for None."""
    while typing.get_origin(wanted) is Annotated:
        wanted = typing.get_args(wanted)[0]
    if typing.get_origin(wanted) in {typing.Union, type(int | str)}:
        for option in typing.get_args(wanted):
            yield from _options(option)
    elif wanted is not type(None):
        yield wanted


def _inner(wanted: Any) -> Any:
    """What a tuple or mapping holds."""
    (option,) = _options(wanted)
    arguments = typing.get_args(option)
    return arguments[1] if typing.get_origin(option) is dict else arguments[0]
