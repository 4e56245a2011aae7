"""Is any of it there? One function that looks for many patterns at once, in every kind of place.

A *place* is a folder, a file or the memory of processes, as streams of bytes. A search of a place counts only if its
*control* is found by that same function in that same place: a harmless value that got there by the ordinary path. What
is reported names the place, whose value and which form, never the value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick

from deploy.demo import DemoError
from deploy.demo.needles import Needle, Pattern, patterns

CHUNK = 4 << 20
Streams = Iterator[Iterator[bytes]]


class SearchError(DemoError):
    """A place cannot be looked into; says which and why."""


@dataclass(frozen=True)
class Place:
    """Where to look: each stream is contiguous bytes, in chunks. ``control`` must be found in it."""

    name: str
    streams: Callable[[], Streams]
    control: str | None


@dataclass(frozen=True)
class Finding:
    """A value that should not be there; how often, and in which form. Shows no value."""

    place: str
    whose: str
    what: str
    form: str
    count: int

    @property
    def sentence(self) -> str:
        """For people."""
        return f"{self.place}: {self.what} ({self.whose}), as {self.form}, {self.count} times"


@dataclass(frozen=True, repr=False)
class Looked:
    """What one place gave."""

    place: str
    size: int
    control: bool | None
    found: tuple[Finding, ...]
    needles: frozenset[Needle] = field(default=frozenset())

    @property
    def ok(self) -> bool:
        """Nothing found, and its control found; a place that has none may be empty, as an output that says nothing."""
        return not self.found and self.control is not False


class Searcher:
    """Looks for the same values in any number of places."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._patterns = patterns(needles)

    def __len__(self) -> int:
        return len(self._patterns)

    def look(self, place: Place) -> Looked:
        """Look in one place, for the values and for its control alike. Raises :class:`SearchError`."""
        control = patterns([Needle("", "control", place.control)]) if place.control else ()
        wanted = (*self._patterns, *control)
        size, counts = scan(wanted, place.streams())
        hits: Counter[Finding] = Counter()
        needles = set()
        for index, count in counts.items():
            if index < len(self._patterns):
                pattern = wanted[index]
                needles.add(pattern.needle)
                hits[Finding(place.name, pattern.needle.whose, pattern.needle.what, pattern.form, 0)] += count
        seen = any(index >= len(self._patterns) for index in counts) if control else None
        found = tuple(Finding(one.place, one.whose, one.what, one.form, count) for one, count in hits.items())
        return Looked(place.name, size, seen, found, frozenset(needles))


def scan(wanted: Sequence[Pattern], streams: Streams) -> tuple[int, Counter[int]]:
    """Bytes read, and how often each pattern (by its place in ``wanted``) stands in the streams."""
    automaton = BytesAhoCorasick([pattern.data for pattern in wanted])
    keep = max(len(pattern.data) for pattern in wanted) - 1
    size = 0
    counts: Counter[int] = Counter()
    for stream in streams:
        tail = b""
        for chunk in stream:
            size += len(chunk)
            text = tail + chunk
            for index, _, end in automaton.find_matches_as_indexes(text, overlapping=True):
                if end > len(tail):  # else it was counted with the chunk before
                    counts[index] += 1
            tail = text[-keep:] if keep else b""
    return size, counts


def files(folder: Path, only: str = "**/*", *, but: Collection[str] = ()) -> Callable[[], Streams]:
    """Every file below a folder, each a stream. One that goes away meanwhile is left out, and folders in ``but``."""

    def read(path: Path) -> Iterator[bytes]:
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except FileNotFoundError:
            return
        except OSError as error:
            raise SearchError(f"{path} cannot be read: {error.strerror}") from error

    def streams() -> Streams:
        for path in sorted(folder.glob(only)):
            inside = path.relative_to(folder).parent.parts
            if path.is_file() and not path.is_symlink() and not set(but).intersection(inside):
                yield read(path)

    return streams


def texts(contents: Callable[[], Iterable[bytes]]) -> Callable[[], Streams]:
    """Bytes that are made when they are asked for, each a stream."""

    def streams() -> Streams:
        for content in contents():
            yield iter((content,))

    return streams
