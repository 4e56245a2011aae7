"""Bytes to a JSON value, strictly: the only parser of foreign bytes in the project (wire.md "Bytes").

Refused: more than the limit, deeper than 16, more than 10 000 nodes, duplicate members, numbers that are no integers
below 2^53, lone surrogates, strings that are not NFC, a byte order mark, and base64url that does not re-encode to
itself. Who reads a whole directory may allow more bytes and nodes. The JSON grammar itself is the standard library's;
this module narrows it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from typing import NoReturn

from schemas import SchemaError

Json = dict[str, "Json"] | list["Json"] | str | int | bool | None

MESSAGE_LIMIT = 2 * 1024 * 1024
COMPACT_LIMIT = 384 * 1024
DEPTH_LIMIT = 16
NODE_LIMIT = 10_000
INTEGER_LIMIT = 2**53
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


class StrictError(SchemaError, ValueError):
    """Bytes that are not the JSON of this profile. ``code`` is one of :mod:`schemas.problems`; no value is quoted."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def _no_duplicates(pairs: list[tuple[str, Json]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise StrictError("dubbel_lid", "a member stands twice in one object; send it once")
    return value


def _integer(text: str) -> int:
    # The length first: converting a million digits is itself an attack.
    if len(text) > 17 or text == "-0" or abs(int(text)) >= INTEGER_LIMIT:
        raise StrictError("getal", "numbers are integers below 2^53")
    return int(text)


def _no_number(_: str) -> NoReturn:
    raise StrictError("getal", "numbers are integers below 2^53")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates,
    parse_int=_integer,
    parse_float=_no_number,
    parse_constant=_no_number,
)


def _check_text(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise StrictError("tekst", "a string holds half a surrogate pair") from error
    if not unicodedata.is_normalized("NFC", text):
        raise StrictError("tekst", "strings are in normalisation form NFC")


def _check_tree(root: Json, most: int) -> None:
    nodes = 0
    level: list[Json] = [root]
    for _ in range(DEPTH_LIMIT):
        below: list[Json] = []
        nodes += len(level)
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict):
                for name in value:
                    _check_text(name)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        if nodes + len(below) > most:
            raise StrictError("te_groot", "more values in one message than allowed")
        if not below:
            return
        level = below
    raise StrictError("te_diep", "nested deeper than 16 levels")


def parse(data: bytes, limit: int = MESSAGE_LIMIT, nodes: int = NODE_LIMIT) -> Json:
    """The value that ``data`` (UTF-8) says: at most ``limit`` bytes, ``nodes`` values. Raises :class:`StrictError`."""
    if len(data) > limit:
        raise StrictError("te_groot", f"more than {limit} bytes")
    try:
        value, end = _DECODER.raw_decode(text := data.decode("utf-8").lstrip(" \t\r\n"))
    except UnicodeDecodeError as error:
        raise StrictError("tekst", "not UTF-8") from error
    except RecursionError as error:
        raise StrictError("te_diep", "nested deeper than 16 levels") from error
    except json.JSONDecodeError as error:
        raise StrictError("geen_json", "not JSON") from error
    if text[end:].strip(" \t\r\n"):
        raise StrictError("geen_json", "something follows the JSON value")
    _check_tree(value, nodes)
    checked: Json = value
    return checked


def parse_object(data: bytes, limit: int = MESSAGE_LIMIT, nodes: int = NODE_LIMIT) -> dict[str, Json]:
    """As :func:`parse`, for what must be an object."""
    value = parse(data, limit, nodes)
    if not isinstance(value, dict):
        raise StrictError("geen_object", "a JSON object is expected here")
    return value


def decode_base64url(text: str) -> bytes:
    """The bytes of unpadded base64url that re-encodes to itself. Raises :class:`StrictError`."""
    if _BASE64URL.fullmatch(text) is None:
        raise StrictError("base64", "not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise StrictError("base64", "not base64url without padding") from error
    if encode_base64url(data) != text:
        raise StrictError("base64", "base64url that does not re-encode to itself")
    return data


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
