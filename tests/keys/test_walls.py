"""What the broker may load pulls in nothing that opens; the package itself imports nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPENING = ("keys.sealing", "keys.jwe", "keys.hpke")
BLIND = [
    "keys",
    "keys.suites",
    "keys.jws",
    "keys.binding",
    "keys.disclosure",
    "keys.merkle",
    "keys.tiles",
    "keys.checkpoint",
    "keys.proof",
    "keys.identity",
    "keys.vouching",
    "keys.pki",
    "keys.atrest",
    "keys.keystore",
    "keys.escrow",
    "keys.checkup",
]


def loaded_after(statement: str) -> set[str]:
    """The modules in a fresh process after ``statement``."""
    code = f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_modules_for_the_broker_load_nothing_that_opens() -> None:
    loaded = loaded_after("import " + ", ".join(BLIND))
    assert set(BLIND) <= loaded
    assert not loaded & {*OPENING, "jwcrypto.jwe", "cryptography.hazmat.primitives.hpke"}


@pytest.mark.parametrize("module", OPENING)
def test_the_test_sees_what_it_looks_for(module: str) -> None:
    assert module in loaded_after(f"import {module}")


def test_the_package_imports_no_module_of_its_own() -> None:
    assert not {name for name in loaded_after("import keys") if name.startswith("keys.")}
