"""The names under which a connector's secrets stand in its keystore, and what they are made into.

Decides which secret is for what (ledger-and-keys.md "Keys"): a signing key per address, a receive key per (case, phase,
epoch), a file key per (case, phase), an audit key per case, a one-time key per ceiling answer. A file key has a next
one within its phase once an item went: for the moment of that erasure there are two. When keys go is
:mod:`connectors.casefiles.erasure`. Writing syncs files, so it runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from weakref import WeakValueDictionary

from connectors import UseError
from keys import KeyStoreError, atrest
from keys.jws import SigningKey
from keys.keystore import Generations, KeyStore
from keys.sealing import HeldKey, held_key
from schemas.ids import Address, CaseRef, Kid, MessageId
from schemas.strict import decode_base64url, encode_base64url

PARTY_ROOT = "root"


def signing_name(address: Address) -> str:
    """Of the key with which an address signs."""
    return f"signing/{address}"


def receive_name(kid: Kid) -> str:
    """Of a receive key of a case."""
    return f"receive/{kid}"


def file_name(case: CaseRef, phase: str, part: int = 0) -> str:
    """Of the key over the items of (case, phase); ``part``: how many there were before it in that phase."""
    return f"file/{case}/{phase}/{part}" if part else f"file/{case}/{phase}"


def audit_name(case: CaseRef) -> str:
    """Of the key over what is kept of a case when its phases are over: one's own explanations."""
    return f"audit/{case}"


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
        """Phases whose file key was destroyed since the start: who began before must not make one anew."""
        self.erasing = asyncio.Lock()
        """One at a time for destroying and its evidence."""
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
        try:
            return self._store.get(name)
        except KeyStoreError:  # never there, or erased this moment in another thread; or it does fail, and again
            return self._store.get(name) if name in self._store.names(name) else None

    def _receive(self, name: str) -> HeldKey | None:
        secret = self._held(name)
        return None if secret is None else held_key(secret)

    def receive(self, kid: Kid) -> HeldKey | None:
        """My live key of that id; None once it is erased, or if it never was mine. Raises :class:`KeyStoreError`."""
        return self._receive(receive_name(kid))

    def reply(self, answer: MessageId) -> HeldKey | None:
        """The one-time key of an answer of mine, as long as no findings came."""
        return self._receive(reply_name(answer))

    async def keep_receive(self, key: HeldKey) -> None:
        """Durable before anybody hears of its public half."""
        await asyncio.to_thread(self._store.put, {receive_name(key.kid): key.secret})

    async def keep_reply(self, answer: MessageId, key: HeldKey) -> None:
        """Durable before the answer goes."""
        await asyncio.to_thread(self._store.put, {reply_name(answer): key.secret})

    async def file_key(self, case: CaseRef, phase: str) -> bytes:
        """The key to file items of (case, phase) under; made when first needed.

        Raises :class:`UseError` where it was destroyed while somebody was still at work in that phase.
        """
        if file_name(case, phase) in self._closed:
            raise UseError("de casus is intussen in een andere fase; kijk met `cases` en begin opnieuw")
        return await self.open_file(case, phase)

    async def open_file(self, case: CaseRef, phase: str) -> bytes:
        """As :meth:`file_key`, for the phase that a decision has just begun, also when it was over before."""
        async with self._making:
            names = self.file_names(case, phase)
            held = self._held(names[-1]) if names else None
            if held is None:
                held = await self._made(file_name(case, phase))
            self._closed.discard(file_name(case, phase))
            return held

    def reopen(self, phases: Iterable[tuple[CaseRef, str]]) -> None:
        """These cases are in these phases: a file key may be made there, whatever was destroyed. Hold ``erasing``."""
        self._closed.difference_update(file_name(case, phase) for case, phase in phases)

    async def next_file(self, case: CaseRef, phase: str) -> bytes:
        """A fresh file key of (case, phase): what is filed from now on lies under it, beside what lies there."""
        async with self._making:
            names = self.file_names(case, phase)
            return await self._made(file_name(case, phase, _part(names[-1]) + 1 if names else 0))

    def file_names(self, case: CaseRef, phase: str) -> tuple[str, ...]:
        """The names of the live file keys of (case, phase), the newest last; mostly one."""
        whole = file_name(case, phase)
        parts = [name for name in self._store.names(whole) if name == whole or name.startswith(f"{whole}/")]
        return tuple(sorted(parts, key=_part))

    def file_keys(self, case: CaseRef, phase: str) -> tuple[bytes, ...]:
        """The keys that items of (case, phase) may lie under, the newest first, to read them; never made here."""
        held = [self._held(name) for name in reversed(self.file_names(case, phase))]
        return tuple(secret for secret in held if secret is not None)

    async def audit_key(self, case: CaseRef) -> bytes:
        """The key over what outlives the phases of a case; made when first needed."""
        async with self._making:
            held = self.held_audit_key(case)
            return held if held is not None else await self._made(audit_name(case))

    def held_audit_key(self, case: CaseRef) -> bytes | None:
        """As :meth:`audit_key`, to read; None where there is none, or none any more."""
        return self._held(audit_name(case))

    async def _made(self, name: str) -> bytes:
        fresh = atrest.new_key()
        await asyncio.to_thread(self._store.put, {name: fresh})
        return fresh

    def replies(self) -> tuple[MessageId, ...]:
        """The answers of mine about which findings may still come."""
        return tuple(MessageId(name.removeprefix("reply/")) for name in self._store.names("reply/"))

    def phases_of(self, case: CaseRef) -> tuple[str, ...]:
        """The phases of a case for which a file key is held."""
        return tuple(sorted(self.file_phases(case).get(case, ())))

    def file_phases(self, case: CaseRef | None = None) -> dict[CaseRef, set[str]]:
        """For each case (or for one) the phases for which a file key is held."""
        found: dict[CaseRef, set[str]] = {}
        for name in self._store.names("file/" if case is None else f"file/{case}/"):
            _, which, phase, *_ = name.split("/")
            found.setdefault(CaseRef(which), set()).add(phase)
        return found

    def canaries(self, names: Collection[str]) -> dict[str, str]:
        """For each of these keys that is held a ciphertext that it alone opens, base64url."""
        held = {name: self._held(name) for name in names}
        return {name: encode_base64url(atrest.make_canary(one)) for name, one in held.items() if one is not None}

    def singing(self, canaries: Mapping[str, str]) -> tuple[str, ...]:
        """Those of the names whose canary opens with anything that is held, under whatever name."""
        held = [secret for name in self._store.names() if (secret := self._held(name)) is not None]
        return tuple(name for name, one in canaries.items() if any(_sings(one, secret) for secret in held))

    def back(self, canaries: Mapping[str, str]) -> tuple[str, ...]:
        """Those of the names under which the very key lies here that once made its canary."""
        held = {name: self._held(name) for name in canaries}
        return tuple(name for name, secret in held.items() if secret is not None and _sings(canaries[name], secret))

    async def erase(self, names: Collection[str]) -> Generations:
        """Forget; durable on return."""
        for name in names:
            if name.startswith("file/"):
                _, case, phase, *_ = name.split("/")
                if set(self.file_names(CaseRef(case), phase)) <= set(names):
                    self._closed.add(file_name(CaseRef(case), phase))
        return await asyncio.to_thread(self._store.erase, tuple(names))


def _sings(canary: str, secret: bytes) -> bool:
    return atrest.sings(decode_base64url(canary), secret)


def _part(name: str) -> int:
    """Of the name of a file key: its number in its phase."""
    return int(name.split("/")[3]) if name.count("/") == 3 else 0
