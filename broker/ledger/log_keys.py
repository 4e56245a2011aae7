"""The keys that a broker signs with: one for a log's checkpoints, one for receipts, each in a file of its own.

``<kid>.key`` in the broker's key folder, mode 0600, holds the seed in base64url. They vouch for order and receipt, for
nothing else: who may do what is signed by officers and parties, and whoever holds these can withhold but not forge.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from broker.ledger import LedgerError
from keys import KeysError
from keys.jws import SigningKey
from keys.suites import thumbprint
from schemas import strict
from schemas.ids import Kid
from schemas.records import Genesis


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The two keys of one house."""

    log: SigningKey
    receipt: SigningKey


def make(folder: Path) -> SigningKey:
    """A new key in ``folder``, which is made with mode 0700 if absent. Never overwrites."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = SigningKey.generate()
    handle = os.open(folder / f"{key.kid}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(strict.encode_base64url(key.seed) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def read(folder: Path, kid: Kid) -> SigningKey:
    """The key of that name. Raises :class:`LedgerError` that says what to do."""
    path = folder / f"{kid}.key"
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise LedgerError(f"{path} may be read by others; set its mode to 0600")
        key = SigningKey.from_seed(strict.decode_base64url(path.read_text(encoding="ascii").strip()))
    except OSError as error:
        raise LedgerError(f"{path} cannot be read ({error.strerror}); make keys before genesis names them") from error
    except (strict.StrictError, KeysError, UnicodeDecodeError) as error:
        raise LedgerError(f"{path} holds no key; restore it from its escrow copy") from error
    if key.kid != kid:
        raise LedgerError(f"{path} holds another key than its name says")
    return key


def of_genesis(folder: Path, genesis: Genesis) -> LogKeys:
    """The keys that a genesis names. Raises :class:`LedgerError`."""
    return LogKeys(read(folder, thumbprint(genesis.log_key)), read(folder, thumbprint(genesis.receipt_key)))
