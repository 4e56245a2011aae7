"""The sealed text is the announced one, to its recipient too: a broker that does not look helps its sender nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from connectors import CheckError
from connectors.exchanges import opening
from connectors.exchanges.contents import Content
from keys.binding import Context, parse, sealed_digest
from keys.sealing import HeldKey, Plaintext, Recipient, new_key, seal
from schemas.ids import CaseRef, HouseId, MessageId
from schemas.manifest import Manifest
from tests.connectors.parties import COLLEGE, HOUSE, TOWN

MINE, OTHER = new_key("keten-ec"), new_key("keten-ec")
WIRE: dict[str, Any] = {
    "profile": "keten-1",
    "id": "01890000-0000-7000-8000-000000000000",
    "kind": "aanmelding",
    "house": "proefhuis",
    "pack": "A" * 43,
    "case": "A" * 22,
    "phase": "triage",
    "from": TOWN,
    "to": [HOUSE],
    "created": "2026-01-01T00:00:00Z",
    "expires": "2026-01-01T01:00:00Z",
    "act": {},
}


def sealed_to(keys: tuple[HeldKey, ...], message: str = WIRE["id"]) -> str:
    context = Context(CaseRef(WIRE["case"]), HouseId(WIRE["house"]), MessageId(message), TOWN, WIRE["phase"])
    recipients = [Recipient(who, key.public) for who, key in zip((HOUSE, COLLEGE), keys, strict=False)]
    return seal(Plaintext(()), recipients, context, 4096)


def opened(text: str, monkeypatch: pytest.MonkeyPatch, **announced: Any) -> opening.Opened | None:
    """What the house makes of a text that is announced so; what is inside is not looked at here."""
    monkeypatch.setattr(opening, "check_content", lambda *_: Content({}, None))
    sealed = {"sha256": sealed_digest(text), "bucket": 4096, "suite": "keten-ec", "recipients": [MINE.kid]}
    verified: Any = SimpleNamespace(manifest=Manifest.model_validate({**WIRE, "sealed": sealed | announced}))
    verified.address = HOUSE
    mine: Any = SimpleNamespace(receive=lambda kid: MINE if kid == MINE.kid else None)
    return opening.open_sealed(verified, text, mine)


CASES: list[tuple[tuple[HeldKey, ...], dict[str, Any]]] = [
    ((MINE,), {"suite": "keten-pq"}),
    ((MINE, OTHER), {}),
    ((OTHER,), {}),
    ((MINE,), {"bucket": 16384}),
]
NAMES = ["another suite", "one recipient more", "another recipient", "another bucket"]


def test_what_is_as_announced_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(sealed_to((MINE,)), monkeypatch) is not None


@pytest.mark.parametrize(("keys", "announced"), CASES, ids=NAMES)
def test_what_is_not_as_announced_does_not(
    keys: tuple[HeldKey, ...], announced: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CheckError) as refused:
        opened(sealed_to(keys), monkeypatch, **announced)
    assert (refused.value.code, refused.value.opened) == ("verzegeling_fout", False)


@pytest.mark.parametrize("text", ["{}", sealed_to((MINE,), "01890000-0000-7000-8000-000000000001")])
def test_a_text_of_no_form_or_of_another_message(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CheckError) as refused:
        opened(text, monkeypatch)
    assert refused.value.code == "verzegeling_fout"


@pytest.mark.parametrize(("keys", "announced"), CASES[:2], ids=NAMES[:2])
def test_without_looking_it_would_be_opened(
    keys: tuple[HeldKey, ...], announced: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "read_announced", lambda _, text: parse(text))
    assert opened(sealed_to(keys), monkeypatch, **announced) is not None
