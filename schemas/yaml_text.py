"""The one reader of our own YAML: protocol packs and settings (architecture.md "Processes at a party").

YAML 1.1 turns ``no``, ``on`` and ``6.10`` into something else, so here every scalar is text; numbers and truth values
come from the model (:mod:`schemas.yaml_model`). Refused: duplicate keys, anchors, aliases, tags, merge keys,
directives, a second document, empty values, keys that are no text, and more or deeper than the limits. Every value
keeps its file and line.

No YAML constructor ever runs: only the parser's events are read (libyaml's if present), so nothing can be built but
dicts, lists and strings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from schemas import SchemaError

Data = dict[str, "Data"] | list["Data"] | str
Path = tuple[str | int, ...]

SIZE_LIMIT = 1024 * 1024
DEPTH_LIMIT = 16
NODE_LIMIT = 100_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's if present: it is ten times as fast."""


@dataclass(frozen=True)
class Place:
    """Where something stands: the file and the line, from 1."""

    file: str
    line: int


class YamlError(SchemaError, ValueError):
    """A text of ours that is not as it must be: file, line and what to do. ``others``: what more is wrong.

    As a string: one line for each.
    """

    def __init__(self, file: str, line: int, text: str, others: tuple[YamlError, ...] = ()) -> None:
        super().__init__("\n".join([f"{file}:{line}: {text}", *map(str, others)]))
        self.file, self.line, self.text, self.others = file, line, text, others

    @property
    def all(self) -> tuple[YamlError, ...]:
        """This one and the others."""
        return (self, *self.others)


@dataclass(frozen=True)
class Document:
    """What a text says, and where each value of it stands."""

    data: Data
    places: Mapping[Path, Place]

    def place_of(self, path: Path) -> Place:
        """The place of a value, or of the nearest thing around it that is there."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        raise AssertionError("a document has a place for its root")

    def line_of(self, path: Path) -> int:
        """The line of a value, from 1; of the nearest thing around it where the value itself is not there."""
        return self.place_of(path).line

    def error(self, path: Path, text: str) -> YamlError:
        """An error about the value at ``path``."""
        place = self.place_of(path)
        return YamlError(place.file, place.line, text)


def load(text: str, file: str) -> Document:
    """Read one YAML text; ``file`` is the name that errors give. Raises :class:`YamlError`."""
    if len(text) > SIZE_LIMIT:
        raise YamlError(file, 1, f"longer than {SIZE_LIMIT} characters; split it")
    if not unicodedata.is_normalized("NFC", text):
        raise YamlError(file, _line_not_nfc(text), "text that is not in form NFC; write accents as one character")
    try:
        return _Reading(file, yaml.parse(text, Loader=LOADER)).document()
    except yaml.MarkedYAMLError as error:
        line = _line(error.problem_mark)
        # The end of a text that does not end in a line break is marked on the line after it.
        tab = "".join(text.split("\n")[line - 1 : line]).lstrip(" ").startswith("\t")
        raise YamlError(file, line, "a tab; use spaces" if tab else f"not YAML: {error.problem}") from error
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise YamlError(file, 1, "not YAML: a character that no text may hold") from error


def _line(mark: Any) -> int:
    """The line of a mark, from 1; the parser leaves it out where the end of the text is the problem."""
    return mark.line + 1 if mark else 1


def _line_not_nfc(text: str) -> int:
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if not unicodedata.is_normalized("NFC", line)), 1)


class _Reading:
    """Events in, one document out."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events
        self._places: dict[Path, Place] = {}

    def document(self) -> Document:
        next(self._events)
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            self._refuse(start, "nothing stands here")
        if start.version or start.tags:
            self._refuse(start, "a directive (%); leave it out")
        data = self._value(next(self._events), ())
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, "a second document begins; one file holds one")
        return Document(data, self._places)

    def _refuse(self, event: yaml.Event, text: str) -> NoReturn:
        raise YamlError(self._file, _line(event.start_mark), text)

    def _value(self, event: yaml.Event, path: Path) -> Data:
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._refuse(event, "an alias (*); write the value out")
        if event.anchor is not None:
            self._refuse(event, "an anchor (&); leave it out and write values out")
        if event.tag is not None:
            self._refuse(event, "a tag (!); leave it out, every value is text")
        if len(path) > DEPTH_LIMIT or len(self._places) >= NODE_LIMIT:
            self._refuse(event, f"deeper than {DEPTH_LIMIT} levels or more than {NODE_LIMIT} values")
        self._places.setdefault(path, Place(self._file, _line(event.start_mark)))
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event)
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._dict(path)

    def _text(self, event: yaml.ScalarEvent) -> str:
        value: str = event.value
        if not event.style and value in {"", "~"}:
            self._refuse(event, 'no value; leave the key out, or write "" for an empty text')
        return value

    def _list(self, path: Path) -> Data:
        values: list[Data] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _dict(self, path: Path) -> Data:
        values: dict[str, Data] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key that is no plain text")
            key = self._key(event)
            here = (*path, key)
            if key in values:
                self._refuse(event, f"`{key}` stands here already, on line {self._places[here].line}; keep one")
            self._places[here] = Place(self._file, _line(event.start_mark))
            values[key] = self._value(next(self._events), here)
        return values

    def _key(self, event: yaml.ScalarEvent) -> str:
        if event.anchor is not None or event.tag is not None:
            self._refuse(event, "an anchor (&) or a tag (!) on a key; leave it out")
        if event.value == "<<" and not event.style:
            self._refuse(event, "a merge key (<<); write the values out")
        return self._text(event)
