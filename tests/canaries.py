"""Is a personal value anywhere in what may be seen by others? One search, in every form that text takes on its way.

Decides the forms beyond those of :mod:`deploy.demo.needles` (bytes, UTF-16, JSON, hex, base64 at three offsets and
twice): spellings (composed, decomposed, capitals, none), and wrappings that are undone layer by layer (percent, JSON's
escapes, XML's entities). What is found is named by place, value's name and form; the value itself is never shown.

A :class:`Canaries` knows the values of one run and is given texts as they come: log lines, problems, metrics, URLs,
exceptions, reports.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import unquote_to_bytes

from ahocorasick_rs import BytesAhoCorasick

from deploy.demo.needles import Needle, forms

LAYERS = 4
"""How many wrappings around one another are undone."""
_ESCAPE = re.compile(rb"\\+u([0-9a-fA-F]{4})")
_PAIR = re.compile(rb"\\+u([dD][89abAB][0-9a-fA-F]{2})\\+u([dD][c-fC-F][0-9a-fA-F]{2})")
_OCTET = re.compile(rb"\\+x([0-9a-fA-F]{2})")


def spellings(text: str) -> Iterator[str]:
    """The same words as people and programs write them."""
    for composed in dict.fromkeys((text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))):
        yield from (composed, composed.casefold(), composed.lower(), composed.upper())


def folded(data: bytes) -> bytes:
    """Text without capitals and with its accents composed; what is no UTF-8 stays as it is."""
    text = data.decode("utf-8", "surrogateescape")
    composed = unicodedata.normalize("NFC", text.casefold())
    return composed.encode("utf-8", "surrogateescape")


def _pair(found: re.Match[bytes]) -> bytes:
    high, low = (int(group, 16) for group in found.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()


def _character(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode("utf-8", "surrogatepass")


def unwrapped(data: bytes) -> bytes:
    """One layer of JSON's and Python's escapes, XML's entities and percent encoding undone."""
    data = _PAIR.sub(_pair, data)
    data = _ESCAPE.sub(_character, data)
    data = _OCTET.sub(lambda found: bytes([int(found[1], 16)]), data)
    if b"&" in data:
        data = html.unescape(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogatepass")
    return unquote_to_bytes(data) if b"%" in data else data


def views(data: bytes) -> Iterator[bytes]:
    """The text as it stands and with its wrappings undone one after another, ``+`` once more as a space.

    ``\\xf8`` is a byte in the ``repr`` of bytes and a character in that of a text: both are tried.
    """
    for _ in range(LAYERS):
        yield data
        if _OCTET.search(data):
            yield _OCTET.sub(_character, data)
        inner = unwrapped(data)
        if inner == data:
            break
        data = inner
    if b"+" in data:
        yield data.replace(b"+", b" ")


class Canaries:
    """Values of people, and where they were found. Nothing here shows a value, not even when a test fails."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._needles = tuple(dict.fromkeys(needles))
        self.found: Counter[tuple[str, str, str]] = Counter()
        """(place, what, form) -> how often."""
        self.looked: Counter[str] = Counter()
        """Place -> bytes looked through."""

    def __repr__(self) -> str:
        return f"Canaries({len(self._needles)} values, {sum(self.found.values())} found)"

    @cached_property
    def _patterns(self) -> tuple[tuple[bytes, str, str], ...]:
        known: dict[bytes, tuple[bytes, str, str]] = {}
        for needle in self._needles:
            for spelling in dict.fromkeys(spellings(needle.text)):
                wide = spelling.encode("utf-16-be")
                for form, data in (*forms(spelling), ("utf-16be", wide), ("utf-16be hex", wide.hex().encode())):
                    known.setdefault(data, (data, needle.what, form))
        return tuple(known.values())

    @cached_property
    def _plain(self) -> tuple[tuple[bytes, str], ...]:
        return tuple({folded(needle.text.encode()): needle.what for needle in self._needles}.items())

    @cached_property
    def _automata(self) -> tuple[BytesAhoCorasick, BytesAhoCorasick]:
        return (
            BytesAhoCorasick([data for data, _, _ in self._patterns]),
            BytesAhoCorasick([data for data, _ in self._plain]),
        )

    def look(self, place: str, data: str | bytes) -> int:
        """How many new findings are in one text of ``place``."""
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        self.looked[place] += len(raw)
        if not self._needles:
            return 0
        exact, plain = self._automata
        hits: set[tuple[str, str, str]] = set()
        for view in views(raw):
            hits |= {(place, *self._patterns[index][1:]) for index, _, _ in exact.find_matches_as_indexes(view)}
            found = plain.find_matches_as_indexes(folded(view))
            hits |= {(place, self._plain[index][1], "text") for index, _, _ in found}
        self.found.update(hits)
        return len(hits)

    def look_all(self, place: str, texts: Iterable[str | bytes]) -> int:
        """As :meth:`look`, for each."""
        return sum(self.look(place, text) for text in texts)

    @property
    def sentences(self) -> list[str]:
        """What was found, for people; no value."""
        return [f"{place}: {what}, as {form}, {count} times" for (place, what, form), count in self.found.items()]
