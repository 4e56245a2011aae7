"""Somebody who holds the house's real keys and asks more than the phase allows, past the house's own connector.

Product code has no switch to misbehave, so this is a program of its own: it takes the house's keys as a burglar would
(copies of its keystore and certificate), builds a question that the kernel at home refuses, signs it properly and posts
it over mutual TLS to the running broker. What it learns about the case it reads from the ledger, as the house may.
"""

from __future__ import annotations

import copy
import hashlib
import http.client
import json
import secrets
import shutil
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from uuid_utils import uuid7

from connectors.casefiles.keyring import signing_name
from deploy.demo import DemoError
from deploy.demo.sandbox import Sandbox
from keys import jws
from keys.binding import Context, sealed_digest
from keys.jws import SigningKey
from keys.keystore import FileKeyStore
from keys.sealing import Plaintext, Recipient, seal
from keys.suites import AkpKey
from schemas import canonical, strict
from schemas.ids import Address, CaseRef, HouseId, MessageId, Term, format_instant
from schemas.manifest import MANIFEST_TYP

SECONDS = 20
SEQUENCED_SECONDS = 10
PAGE = 200


class AdversaryError(DemoError):
    """The attack could not be made, so it shows nothing."""


@dataclass(frozen=True)
class Reply:
    """What the broker said: HTTP status, code, rules with their sentences; and what is on record of it."""

    status: int
    code: str
    reasons: tuple[tuple[str, str, str], ...]
    """(rule, code, sentence)."""
    recorded: str
    """``refused`` where the ledger has an entry of it, with its reasons and without its manifest; else what it has."""


class Burglar:
    """Holds a copy of the house's keys. Speaks to the broker over mutual TLS, as the house."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Copies the keystore while its owner runs; the folder is removed again."""
        self._sandbox = sandbox
        self._house = sandbox.founded.parties["huis"]
        self._address = sandbox.founded.address("huis")
        self._key = self._steal(sandbox.base / "stolen")
        self._tls = ssl.create_default_context(cafile=str(sandbox.founded.authority))
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_3
        self._tls.load_cert_chain(self._house.certificate, self._house.tls_key)

    def ask_too_much(self, case: str, asked: Address) -> Reply:
        """A genuine question of this case, with criminal records added to what may be answered."""
        entries = self._entries()
        manifests = [self._payload(entry["manifest"]) for entry in entries if entry.get("manifest")]
        question = self._last(manifests, case, "triagevraag", lambda m: bool(m["to"] == [asked]))
        published = self._last(manifests, case, "sleutel", lambda m: bool(m["from"] == asked))
        manifest, sealed = self._forge(question, published)
        text = jws.sign(canonical.encode(manifest), self._key, MANIFEST_TYP)
        status, answer = self._call("POST", "messages", {"manifest": text, "sealed": sealed})
        reasons = tuple((str(r["rule"]), str(r["code"]), str(r["en"])) for r in answer.get("reasons", ()))
        return Reply(status, str(answer.get("code", answer.get("outcome", ""))), reasons, self._recorded(text))

    def _steal(self, folder: Path) -> SigningKey:
        keystore, generations = self._house.keystore
        shutil.copytree(generations, folder / "generations")
        shutil.copy2(keystore, folder / keystore.name)
        store = FileKeyStore.open(folder / keystore.name, folder / "generations")
        try:
            return SigningKey.from_seed(store.get(signing_name(self._address)))
        finally:
            store.close()
            shutil.rmtree(folder)

    def _forge(self, question: Mapping[str, Any], published: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        manifest = copy.deepcopy(dict(question))
        ceiling = manifest["act"]["ceiling"]
        ceiling["grounds"].append({**ceiling["grounds"][0], "basis": "wjsg_8a"})
        ceiling["items"].append(
            {
                **ceiling["items"][0],
                "category": "justitiele_gegevens",
                "level": "D",
                "ground": len(ceiling["grounds"]) - 1,
                "fields": ["/veroordelingen"],
            }
        )
        manifest["id"] = str(uuid7())
        manifest["created"] = format_instant(datetime.now(UTC))
        for item in manifest["items"]:
            item["item"] = strict.encode_base64url(secrets.token_bytes(16))
        public = AkpKey.model_validate(published["act"]["keys"][-1]["pub"])
        context = Context(
            case=CaseRef(manifest["case"]),
            house=HouseId(manifest["house"]),
            id=MessageId(manifest["id"]),
            iss=self._address,
            phase=Term(manifest["phase"]),
        )
        recipient = Recipient(Address(manifest["to"][0]), public)
        sealed = seal(Plaintext(()), [recipient], context, manifest["sealed"]["bucket"])
        manifest["sealed"]["sha256"] = sealed_digest(sealed)
        manifest["sealed"]["recipients"] = [published["act"]["keys"][-1]["kid"]]
        return manifest, sealed

    def _recorded(self, text: str) -> str:
        """What the ledger has of the message: the outcome of its entry, found by the digest of what was sent.

        The next round of the sequencer gives it its place, so it may take a moment.
        """
        digest = strict.encode_base64url(hashlib.sha256(text.encode()).digest())
        deadline = time.monotonic() + SEQUENCED_SECONDS
        while (found := self._look_up(digest)) is None and time.monotonic() < deadline:
            time.sleep(0.2)
        return found or "nothing"

    def _look_up(self, digest: str) -> str | None:
        for entry in self._entries():
            body = strict.parse_object(str(entry["body"]).encode())
            if body.get("manifest_sha256") == digest:
                if entry.get("manifest"):
                    return "refused_with_manifest"
                return str(body["outcome"]) if body.get("reasons") else "without_reasons"
        return None

    def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = -1
        while True:
            status, answer = self._call("POST", "log/_entries", {"after": after, "limit": PAGE})
            if status != http.client.OK:
                raise AdversaryError(f"the broker does not give the house its entries ({status})")
            page = list(answer["entries"])
            found += page
            if len(page) < PAGE:
                return found
            after = int(page[-1]["index"])

    def _call(self, method: str, path: str, content: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        port = self._sandbox.ports.public
        connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=self._tls)
        try:
            body = json.dumps(content, separators=(",", ":"))
            headers = {"Content-Type": "application/json"}
            connection.request(method, f"/v1/houses/{self._sandbox.founded.house}/{path}", body, headers)
            response = connection.getresponse()
            answer = strict.parse_object(response.read(), 64 << 20)
            return response.status, dict(answer)
        except (OSError, http.client.HTTPException, strict.StrictError) as error:
            raise AdversaryError(f"the broker could not be attacked: {type(error).__name__}") from error
        finally:
            connection.close()

    @staticmethod
    def _payload(text: str) -> dict[str, Any]:
        return dict(strict.parse_object(jws.parse(text, MANIFEST_TYP).payload, strict.COMPACT_LIMIT))

    @staticmethod
    def _last(
        manifests: list[dict[str, Any]], case: str, kind: str, fits: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        for manifest in manifests[::-1]:
            if manifest["kind"] == kind and manifest.get("case") == case and fits(manifest):
                return manifest
        raise AdversaryError(f"there is no {kind} of this case to start from")
