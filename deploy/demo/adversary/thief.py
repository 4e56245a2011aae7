"""Somebody who holds a copy of a party's keys, its certificate among them, and speaks to the broker past its connector.

What it knows about cases it reads from the ledger, as that party may. Everything goes over mutual TLS to the running
broker.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connectors.casefiles.keyring import PARTY_ROOT, signing_name
from deploy.demo.adversary.attack import AttackError
from deploy.demo.founding import Party
from deploy.demo.sandbox import Sandbox
from keys import jws
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from schemas import strict
from schemas.ids import Address
from schemas.manifest import MANIFEST_TYP

SECONDS = 20
SEQUENCED_SECONDS = 10
PAGE = 200
JSON = {"Content-Type": "application/json"}
Message = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the broker said."""

    status: int
    body: Message

    @property
    def code(self) -> str:
        """Of a problem; of what was taken in, its outcome."""
        return str(self.body.get("code", self.body.get("outcome", "")))

    @property
    def reasons(self) -> tuple[tuple[str, str, str], ...]:
        """(rule, code, sentence) of a refusal."""
        return tuple((str(r["rule"]), str(r["code"]), str(r["en"])) for r in self.body.get("reasons", ()))

    @property
    def seen(self) -> tuple[str, ...]:
        """Status and code, and the rules of a refusal."""
        return (f"{self.status} {self.code}", *sorted({f"{rule} {code}" for rule, code, _ in self.reasons}))


class Thief:
    """Holds the keys of one party."""

    def __init__(self, sandbox: Sandbox, key: str) -> None:
        """``key``: the party's short name. Copies its keystore while its owner runs."""
        self._sandbox = sandbox
        self.party: Party = sandbox.founded.parties[key]
        self._secrets = self._steal()

    @property
    def address(self) -> Address:
        """Its first."""
        return self.party.addresses[0]

    def signer(self, address: Address | None = None) -> SigningKey:
        """The signing key of one of its addresses."""
        return self._secrets[signing_name(address or self.address)]

    @property
    def root(self) -> SigningKey:
        """The key that vouches for its others."""
        return self._secrets[PARTY_ROOT]

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """With its certificate."""
        context = ssl.create_default_context(cafile=str(self._sandbox.founded.authority))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.party.certificate, self.party.tls_key)
        return context

    def post(self, manifest: str, sealed: str | None = None) -> Answer:
        """Hand in a message as this party."""
        return self.hand_in(json.dumps({"manifest": manifest, "sealed": sealed}, separators=(",", ":")).encode())

    def hand_in(self, data: bytes) -> Answer:
        """The same for any bytes."""
        return self.call("POST", "messages", data)

    def call(self, method: str, path: str, data: bytes | None = None, tls: ssl.SSLContext | None = None) -> Answer:
        """One request on a connection of its own. Raises :class:`AttackError` where there is no answer."""
        port, house = self._sandbox.ports.public, self._sandbox.founded.house
        connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=tls or self.tls)
        with closing(connection):
            try:
                connection.request(method, f"/v1/houses/{house}/{path}", data, JSON if data is not None else {})
                response = connection.getresponse()
                return Answer(response.status, dict(strict.parse_object(response.read(), 64 << 20)))
            except (OSError, http.client.HTTPException, strict.StrictError) as error:
                raise AttackError(f"the broker could not be attacked: {type(error).__name__}") from error

    def entries(self) -> list[Message]:
        """All entries in which the party takes part, as the broker serves them."""
        found: list[Message] = []
        after = -1
        while True:
            query = json.dumps({"after": after, "limit": PAGE}).encode()
            answer = self.call("POST", "log/_entries", query)
            if answer.status != http.client.OK:
                raise AttackError(f"the broker does not give the party its entries ({answer.status})")
            page = list(answer.body["entries"])
            found += page
            if len(page) < PAGE:
                return found
            after = int(page[-1]["index"])

    def manifests(self) -> list[Message]:
        """The manifests among them, in the order of the log."""
        return [payload(entry["manifest"]) for entry in self.entries() if entry.get("manifest")]

    def last(self, case: str, kind: str, **members: object) -> Message:
        """The newest message of that kind in that case with these members. Raises :class:`AttackError`."""
        for manifest in self.manifests()[::-1]:
            given = {name.rstrip("_"): value for name, value in members.items()}
            if (manifest["kind"], manifest.get("case")) == (kind, case) and given.items() <= manifest.items():
                return manifest
        raise AttackError(f"there is no {kind} of this case to start from")

    def recorded(self, text: str) -> Mapping[str, Any] | None:
        """The entry's body of what was sent, found by its digest; the next round of the sequencer gives it its place,
        so it may take a moment. ``manifest`` in it: whether the broker kept that."""
        digest = strict.encode_base64url(hashlib.sha256(text.encode()).digest())
        deadline = time.monotonic() + SEQUENCED_SECONDS
        while True:
            for entry in self.entries():
                body = strict.parse_object(str(entry["body"]).encode())
                if body.get("manifest_sha256") == digest:
                    return {**body, "manifest": bool(entry.get("manifest"))}
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)

    def _steal(self) -> dict[str, SigningKey]:
        keystore, generations = self.party.keystore
        folder = self._sandbox.base / "stolen" / self.party.role.key
        folder.mkdir(mode=0o700, parents=True)
        shutil.copytree(generations, folder / "generations")
        shutil.copy2(keystore, folder / keystore.name)
        store = FileKeyStore.open(folder / keystore.name, folder / "generations")
        try:
            names = (PARTY_ROOT, *(signing_name(address) for address in self.party.addresses))
            return {name: SigningKey.from_seed(store.get(name)) for name in names}
        finally:
            store.close()
            shutil.rmtree(folder)


def payload(text: str) -> Message:
    """What a manifest says, unverified."""
    return dict(strict.parse_object(jws.parse(text, MANIFEST_TYP).payload, strict.COMPACT_LIMIT))
