"""The names under which a connector's secrets stand in its keystore, and what they are made into.

Decides which secret is for what (ledger-and-keys.md "Keys"): a signing key per address, a receive key per (case, phase,
epoch), a file key per (case, phase), a one-time key per ceiling answer. When they go is
:mod:`connectors.casefiles.erasure`. Writing syncs files, so it runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from weakref import WeakValueDictionary

from connectors import UseError
from keys import KeyStoreError, atrest
from keys.jws import SigningKey
from keys.keystore import Generations, KeyStore
from keys.sealing import ReceiveKey
from schemas.ids import Address, CaseRef, Kid, MessageId

PARTY_ROOT = "root"


def signing_name(address: Address) -> str:
    """Of the key with which an address signs."""
    return f"signing/{address}"


def receive_name(kid: Kid) -> str:
    """Of a receive key of a case."""
    return f"receive/{kid}"


def file_name(case: CaseRef, phase: str) -> str:
    """Of the key over the items of (case, phase)."""
    return f"file/{case}/{phase}"


def reply_name(answer: MessageId) -> str:
    """Of the one-time key to which findings about an answer are sealed."""
    return f"reply/{answer}"


class Keyring:
    """The keystore, by what its secrets are for."""

    def __init__(self, store: KeyStore) -> None:
        """``store``: open, and nobody else's."""
        self._store = store
        self._making = asyncio.Lock()
        self._closed: set[str] = set()
        """File keys destroyed since the start: who began before must not make one anew."""
        self._turns: WeakValueDictionary[CaseRef, asyncio.Lock] = WeakValueDictionary()

    def turn(self, case: CaseRef) -> asyncio.Lock:
        """One at a time for the file of a case: filing under its keys, and destroying them."""
        return self._turns.setdefault(case, asyncio.Lock())

    @property
    def backend(self) -> str:
        """For receipts of erasure."""
        return self._store.backend

    def signing(self, address: Address) -> SigningKey:
        """Raises :class:`UseError` where this connector has no key for that address."""
        try:
            return SigningKey.from_seed(self._store.get(signing_name(address)))
        except KeyStoreError as error:
            raise UseError(f"{address} heeft geen handtekeningsleutel; maak die met `ketenconnector init`") from error

    def _held(self, name: str) -> bytes | None:
        """None only where there is no such secret: a keystore that fails says nothing about what it holds."""
        return self._store.get(name) if name in self._store.names(name) else None

    def _receive(self, name: str) -> ReceiveKey | None:
        seed = self._held(name)
        return None if seed is None else ReceiveKey.from_seed(seed)

    def receive(self, kid: Kid) -> ReceiveKey | None:
        """My live key of that id; None once it is erased, or if it never was mine. Raises :class:`KeyStoreError`."""
        return self._receive(receive_name(kid))

    def reply(self, answer: MessageId) -> ReceiveKey | None:
        """The one-time key of an answer of mine, as long as no findings came."""
        return self._receive(reply_name(answer))

    async def keep_receive(self, key: ReceiveKey) -> None:
        """Durable before anybody hears of its public half."""
        await asyncio.to_thread(self._store.put, {receive_name(key.kid): key.seed})

    async def keep_reply(self, answer: MessageId, key: ReceiveKey) -> None:
        """Durable before the answer goes."""
        await asyncio.to_thread(self._store.put, {reply_name(answer): key.seed})

    async def file_key(self, case: CaseRef, phase: str) -> bytes:
        """The key to file items of (case, phase) under; made when first needed.

        Raises :class:`UseError` where it was destroyed while somebody was still at work in that phase.
        """
        if file_name(case, phase) in self._closed:
            raise UseError("de casus is intussen in een andere fase; kijk met `cases` en begin opnieuw")
        return await self.open_file(case, phase)

    async def open_file(self, case: CaseRef, phase: str) -> bytes:
        """As :meth:`file_key`, for the phase that a decision has just begun, also when it was over before."""
        name = file_name(case, phase)
        async with self._making:
            held = self._held(name)
            if held is None:
                held = atrest.new_key()
                await asyncio.to_thread(self._store.put, {name: held})
            self._closed.discard(name)
            return held

    def old_file_key(self, case: CaseRef, phase: str) -> bytes | None:
        """The key that items of (case, phase) lie under, to read them; never made here. None once it is destroyed."""
        return self._held(file_name(case, phase))

    def replies(self) -> tuple[MessageId, ...]:
        """The answers of mine about which findings may still come."""
        return tuple(MessageId(name.removeprefix("reply/")) for name in self._store.names("reply/"))

    def phases_of(self, case: CaseRef) -> tuple[str, ...]:
        """The phases of a case for which a file key is held."""
        prefix = f"file/{case}/"
        return tuple(name.removeprefix(prefix) for name in self._store.names(prefix))

    def file_phases(self) -> dict[CaseRef, set[str]]:
        """For each case the phases for which a file key is held."""
        found: dict[CaseRef, set[str]] = {}
        for name in self._store.names("file/"):
            _, case, phase = name.split("/")
            found.setdefault(CaseRef(case), set()).add(phase)
        return found

    async def erase(self, names: Collection[str]) -> Generations:
        """Forget; durable on return."""
        self._closed.update(name for name in names if name.startswith("file/"))
        return await asyncio.to_thread(self._store.erase, tuple(names))
