"""Closed models of the wire: envelope, manifest with its act, inner manifest, body, disclosure, broker's pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial

from connectors import LinkError
from connectors.exchanges import pages
from keys import DisclosureError, disclosure, jws
from schemas import canonical, entry, strict
from schemas.acts import ACTS
from schemas.content import Inner
from schemas.envelope import EnvelopeError, parse_envelope, parse_manifest, parse_model
from schemas.manifest import INNER_TYP
from schemas.records import Frozen
from schemas.strict import StrictError
from tests.fuzzing.oracle import Target, kit, same, text_of

FORM = (StrictError, EnvelopeError)
PAGES = (pages.Page, pages.DirectoryPage, pages.PackPage, pages.Answer, pages.Refusal)


def written(model: Frozen) -> bytes:
    """Canonical bytes of a model, as the wire has it."""
    return canonical.encode(model.model_dump(mode="json", by_alias=True, exclude_none=True))


def _through(parse: Callable[[bytes], Frozen], declared: tuple[type[Exception], ...]) -> Callable[[bytes], bool]:
    """What is read, written and read again is the same value, and its canonical bytes stay as they are."""

    def judge(data: bytes) -> bool:
        try:
            value = parse(data)
        except declared:
            return False
        text = written(value)
        again = parse(text)
        same(again, value, "another value when it is read again")
        same(written(again), text, "other canonical bytes when it is read again")
        return True

    return judge


def _disclosure(data: bytes) -> bool:
    text = text_of(data)
    try:
        disclosed = disclosure.read(text)
    except DisclosureError:
        return False
    salt = strict.decode_base64url(json.loads(strict.decode_base64url(text))[0])
    again = disclosure.read(disclosure.disclose(disclosed.path, disclosed.value, salt).text)
    same((again.path, again.value), (disclosed.path, disclosed.value), "another disclosure when it is written again")
    same(disclosed.digest, canonical.digest_text(text), "a digest that is not over the text")
    return True


def _disclosures() -> Iterable[bytes]:
    for data in kit("disclosure")():
        try:
            yield from (text.encode() for text in json.loads(data))
        except (ValueError, AttributeError):
            yield data


def _inners() -> Iterable[bytes]:
    for data in kit("inner")()[:1]:
        yield jws.parse(data.decode(), INNER_TYP).payload


def _pages(data: bytes) -> bool:
    taken = False
    for model in PAGES:
        try:
            value = pages.read(model, data)
        except LinkError:
            continue
        taken = True
        if isinstance(value, pages.Page):
            try:
                pages.hashes_of(value)
            except LinkError:
                continue
        same(pages.read(model, written(value)), value, "another page when it is read again")
    return taken


def _some_pages() -> Iterable[bytes]:
    envelope = json.loads(kit("envelope")()[0])
    delivery = {"n": 1, "body": "{}", "envelope": envelope, "sources": [{"manifest": "a.b.c", "body": "{}"}]}
    for page in (
        {"deliveries": [delivery], "consistency": ["AAAA"], "checkpoint": "x", "last": 1},
        {"records": [{"first": "a.b.c", "index": 0, "time": "2026-11-24T00:00:00Z"}], "checkpoint": "x"},
        {"files": {"pack.yaml": "a: b"}},
        {"receipt": "a.b.c", "outcome": "allowed"},
        {"code": "geweigerd", "reasons": [{"rule": "7.1", "code": "x", "pointer": "", "nl": "", "en": ""}]},
    ):
        yield json.dumps(page).encode()


def _acts(data: bytes) -> bool:
    """The act alone, for every kind that takes it."""
    taken = False
    for model in dict.fromkeys(ACTS.values()):
        taken |= _through(partial(parse_model, model), FORM)(data)
    return taken


def _own_acts() -> Iterable[bytes]:
    for data in kit("act")():
        try:
            yield json.dumps(json.loads(data)["act"]).encode()
        except (ValueError, TypeError, KeyError):
            continue


TARGETS = (
    Target("envelope", _through(parse_envelope, FORM), kit("envelope")),
    Target("manifest", _through(parse_manifest, FORM), kit("manifest", "act"), few=250),
    Target("act", _acts, _own_acts, few=250),
    Target("inner", _through(lambda data: parse_model(Inner, data), FORM), _inners, few=250),
    Target("body", _through(lambda data: parse_model(entry.Body, data), FORM), kit("body")),
    Target("disclosure", _disclosure, _disclosures),
    Target("pages", _pages, _some_pages, few=250),
)
