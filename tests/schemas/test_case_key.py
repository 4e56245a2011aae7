"""A case key as it is published: its suite is that of the key, so that nobody can be told another one."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.acts import CaseKey
from tests.making import NOW, digest

KEYS: dict[str, dict[str, Any]] = {
    "keten-pq": {"kty": "AKP", "alg": "HPKE-10-KE", "pub": "AAAA"},
    "keten-ec": {"kty": "OKP", "crv": "X25519", "alg": "ECDH-ES+A256KW", "x": "A" * 43},
}


def published(suite: str, key: dict[str, Any]) -> CaseKey:
    """A case key that says it is of a suite."""
    return CaseKey.model_validate(
        {
            "kid": digest("sleutel"),
            "suite": suite,
            "pub": key,
            "phase": "triage",
            "epoch": 0,
            "not_after": NOW,
            "canary": digest("kanarie"),
        }
    )


@pytest.mark.parametrize("suite", KEYS)
def test_a_key_of_its_suite(suite: str) -> None:
    assert published(suite, KEYS[suite]).pub.kty == KEYS[suite]["kty"]


@pytest.mark.parametrize(("suite", "other"), [("keten-pq", "keten-ec"), ("keten-ec", "keten-pq")])
def test_a_key_of_another_suite_does_not_parse(suite: str, other: str) -> None:
    with pytest.raises(ValidationError, match="the suite is that of the key"):
        published(suite, KEYS[other])
