"""The search for personal values is itself tested: planted in each kind of place, in each form, it is found."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import unicodedata
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import quoteattr

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, generate_latest

from broker.web.problems import problem
from deploy.demo.needles import Needle
from tests.canaries import Canaries, folded

NAME = "Zønneveld-Ångström"
DATE = "1968-05-17"
VALUES = (Needle("P", "naam", NAME), Needle("P", "datum", DATE))

FORMS: dict[str, Callable[[str], str | bytes]] = {
    "plain": str,
    "bytes": str.encode,
    "percent": quote,
    "percent, all": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent twice": lambda text: quote(quote(text)),
    "form": lambda text: quote_plus(f"a {text}"),
    "query": lambda text: urlencode({"naam": text}),
    "json": json.dumps,
    "json in json": lambda text: json.dumps(json.dumps({"naam": text})),
    "python": ascii,
    "python bytes": lambda text: repr(text.encode()),
    "xml": lambda text: quoteattr(text).encode("ascii", "xmlcharrefreplace"),
    "html": html.escape,
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
    "base64 at 1": lambda text: base64.b64encode(b"x" + text.encode() + b"yz"),
    "base64 at 2": lambda text: base64.b64encode(b"xy" + text.encode() + b"z"),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "base64 of json": lambda text: base64.urlsafe_b64encode(json.dumps(["salt", "/naam", text]).encode()),
    "utf-16le": lambda text: text.encode("utf-16-le"),
    "utf-16be": lambda text: text.encode("utf-16-be"),
    "utf-16 hex": lambda text: text.encode("utf-16-le").hex(),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFD in base64": lambda text: base64.b64encode(unicodedata.normalize("NFD", text).encode()),
    "capitals": str.upper,
    "small": str.lower,
    "small in hex": lambda text: text.lower().encode().hex(),
    "mixed": str.swapcase,
}


@pytest.mark.parametrize("value", [NAME, DATE], ids=["naam", "datum"])
@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_found_in_each_form(form: str, value: str) -> None:
    canaries = Canaries(VALUES)
    made = FORMS[form](value)
    raw = made if isinstance(made, bytes) else made.encode()
    assert canaries.look("here", b'{"event":"x","route":"/v1/' + raw + b'","n":1}') > 0
    assert {place for place, _, _ in canaries.found} == {"here"}


def test_what_is_not_there_is_not_found() -> None:
    canaries = Canaries(VALUES)
    for form in FORMS.values():
        assert canaries.look("here", form("Nobody-Atall")) == 0
    assert canaries.looked["here"] > 300
    assert canaries.sentences == []


def _log() -> str:
    stream = io.StringIO()
    structlog.wrap_logger(structlog.PrintLogger(stream), processors=[structlog.processors.JSONRenderer()]).info(NAME)
    return stream.getvalue()


def _library() -> str:
    stream = io.StringIO()
    record = logging.LogRecord("proef", logging.WARNING, __file__, 1, "not found: %r", ({"naam": NAME},), None)
    logging.StreamHandler(stream).handle(record)
    return stream.getvalue()


def _metric() -> bytes:
    registry = CollectorRegistry()
    Counter("vragen", "Vragen", ["naam"], registry=registry).labels(NAME).inc()
    return generate_latest(registry)


def _problem() -> bytes:
    body = problem("vraag_vorm", {}, pointer=f"/{NAME}").body
    assert isinstance(body, bytes)
    return body


def _exception() -> str:
    try:
        raise ValueError(NAME)
    except ValueError as error:
        return repr(error)


def _report() -> str:
    return f"<testcase name={quoteattr(f'test_x[{NAME}]')}><failure>{html.escape(NAME)}</failure></testcase>"


PLACES: dict[str, Callable[[], str | bytes]] = {
    "log": _log,
    "log of a library": _library,
    "metric": _metric,
    "problem": _problem,
    "exception": _exception,
    "url": lambda: f"GET /v1/cases?naam={quote(NAME)} HTTP/1.1",
    "report": _report,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_value_is_found_in_each_place(place: str) -> None:
    canaries = Canaries(VALUES)
    assert canaries.look(place, PLACES[place]()) > 0
    assert all(NAME not in sentence for sentence in canaries.sentences)
    assert NAME not in repr(canaries)


@given(st.binary(max_size=40), st.binary(max_size=40), st.sampled_from(sorted(FORMS)))
def test_whatever_stands_around_it(before: bytes, after: bytes, form: str) -> None:
    if form in {"mixed", "capitals", "small", "NFD"}:
        before, after = before + b" ", b" " + after
    made = FORMS[form](DATE)
    raw = made if isinstance(made, bytes) else made.encode()
    assert Canaries(VALUES[1:]).look("here", before + raw + after) > 0


def test_folding_is_its_own() -> None:
    assert folded(folded(NAME.encode())) == folded(NAME.upper().encode()) == folded(NAME.encode())
