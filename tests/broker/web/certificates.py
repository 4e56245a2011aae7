"""Certificates for the tests of the web layer: one authority, a server on loopback, parties with test OINs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broker.web.tls import Tls
from keys import pki
from schemas.ids import Oin

PARTY = Oin("00000099000000001000")
OTHER = Oin("00000099000000002000")
BROKER = Oin("00000099000000009000")


@dataclass(frozen=True)
class Files:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path


class Sandbox:
    """An authority with a folder; issues what a test asks for, valid from now."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.authority = pki.make_authority(name, datetime.now(UTC))
        self.file = folder / "ca.pem"
        self.file.write_bytes(self.authority.certificate)
        self.der = pki.der_of(self.authority.certificate)

    def issue(self, oin: Oin, *server_names: str, days: int = 30) -> Files:
        """A client certificate for ``oin``, or one of a server when it has names."""
        key = pki.TlsKey.generate()
        csr = pki.request(key, oin, f"Organisatie {oin[-4:]}")
        pem = pki.issue(self.authority, csr, datetime.now(UTC), days, server_names)
        stem = f"{oin}-{'server' if server_names else 'client'}"
        files = Files(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        files.certificate.write_bytes(pem)
        files.key.write_bytes(key.pem)
        return files

    def tls(self) -> Tls:
        """The settings of a server on loopback that trusts this authority."""
        server = self.issue(BROKER, "127.0.0.1", "localhost")
        return Tls(certificate=server.certificate, key=server.key, client_authorities=self.file)

    def client(self, files: Files | None = None) -> ssl.SSLContext:
        """What a client connects with; without ``files`` it has no certificate."""
        context = ssl.create_default_context(cafile=str(self.file))
        if files is not None:
            context.load_cert_chain(files.certificate, files.key)
        return context
