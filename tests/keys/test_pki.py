"""Certificates: their shape, their chain, what is refused."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtensionOID, NameOID

from keys import CertificateError, KeyStoreError, pki
from keys.jws import SigningKey
from tests.keys.house import NOW, OIN, ROOT, authority

CA = authority()
AUTHORITIES = [pki.der_of(CA.certificate)]
KEY = pki.TlsKey.generate()


def issued(key: SigningKey | pki.TlsKey = KEY, days: int = 30, names: tuple[str, ...] = ()) -> bytes:
    return pki.der_of(pki.issue(CA, pki.request(key, OIN, "Proefpartij"), NOW, days, names))


def test_the_three_kinds_of_certificate() -> None:
    assert pki.verify_chain(issued(ROOT), AUTHORITIES, NOW, "root") == OIN
    assert pki.root_key(issued(ROOT)).kid == ROOT.kid
    assert pki.verify_chain(issued(), AUTHORITIES, NOW, "client") == OIN
    server = issued(names=("localhost", "127.0.0.1", "::1"))
    assert pki.verify_chain(server, AUTHORITIES, NOW, "server") == OIN
    assert pki.oin_of(server) == OIN
    wrong: list[tuple[bytes, pki.Use]] = [(issued(), "server"), (server, "client"), (issued(ROOT), "client")]
    for certificate, use in wrong:
        with pytest.raises(CertificateError, match=f"not for a TLS {use}"):
            pki.verify_chain(certificate, AUTHORITIES, NOW, use)


def test_the_subject_is_shaped_as_pkioverheids() -> None:
    subject = x509.load_der_x509_certificate(issued()).subject
    assert subject.rfc4514_string() == f"2.5.4.5={OIN},CN=Proefpartij,O=Proefpartij,C=NL"


def test_the_time_is_an_argument() -> None:
    for at, valid in [(-1, True), (6, True), (-10, False), (31 * 24 * 60, False)]:
        moment = NOW + timedelta(minutes=at)
        if valid:
            assert pki.verify_chain(issued(), AUTHORITIES, moment, "client") == OIN
        else:
            with pytest.raises(CertificateError, match="not valid at that time"):
                pki.verify_chain(issued(), AUTHORITIES, moment, "client")


def test_only_named_authorities_count() -> None:
    other = authority("Andere CA")
    namesake = pki.make_authority("Proef-CA", NOW)
    for der in ([], [pki.der_of(other.certificate)], [pki.der_of(namesake.certificate)]):
        with pytest.raises(CertificateError, match="does not name"):
            pki.verify_chain(issued(), der, NOW, "client")
    both = [pki.der_of(namesake.certificate), *AUTHORITIES]
    assert pki.verify_chain(issued(), both, NOW, "client") == OIN


def test_an_expired_authority_vouches_for_nothing() -> None:
    old = pki.make_authority("Oud", NOW - timedelta(days=3660))
    certificate = pki.der_of(pki.issue(old, pki.request(KEY, OIN, "Proefpartij"), NOW, 30))
    with pytest.raises(CertificateError, match="authority's certificate is not valid"):
        pki.verify_chain(certificate, [pki.der_of(old.certificate)], NOW, "client")
    with pytest.raises(CertificateError):
        pki.check_authority(pki.der_of(old.certificate), NOW)
    pki.check_authority(AUTHORITIES[0], NOW)


def made(
    *extensions: tuple[x509.ExtensionType, bool],
    subject: x509.Name | None = None,
    issuer: pki.Authority = CA,
) -> bytes:
    """A certificate of the authority with just these extensions."""
    signer = serialization.load_pem_private_key(issuer.key, None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject or x509.load_der_x509_certificate(issued()).subject)
        .issuer_name(x509.load_pem_x509_certificate(issuer.certificate).subject)
        .public_key(Ed25519PrivateKey.generate().public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def usage(sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


@pytest.mark.parametrize(
    ("extension", "critical", "reason"),
    [
        (x509.BasicConstraints(ca=True, path_length=None), True, "certificate of an authority"),
        (usage(sign=False), True, "may not sign"),
        (x509.InhibitAnyPolicy(1), True, "not known here"),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True, "not known here"),
        (usage(sign=False), False, "may not sign"),
        (x509.UnrecognizedExtension(ExtensionOID.KEY_USAGE, b"\x05\x00"), True, "cannot be read"),
    ],
)
def test_extensions_that_do_not_fit(extension: x509.ExtensionType, critical: bool, reason: str) -> None:
    with pytest.raises(CertificateError, match=reason):
        pki.verify_chain(made((extension, critical)), AUTHORITIES, NOW, "root")


def test_extensions_that_do_no_harm() -> None:
    harmless = made((x509.InhibitAnyPolicy(1), False), (usage(sign=True), True))
    assert pki.verify_chain(harmless, AUTHORITIES, NOW, "root") == OIN
    assert pki.verify_chain(made(), AUTHORITIES, NOW, "root") == OIN


@pytest.mark.parametrize(
    "attributes",
    [
        [(NameOID.ORGANIZATION_NAME, "Proef")],
        [(NameOID.SERIAL_NUMBER, OIN)],
        [(NameOID.ORGANIZATION_NAME, "Proef"), (NameOID.SERIAL_NUMBER, OIN), (NameOID.SERIAL_NUMBER, OIN)],
        [(NameOID.ORGANIZATION_NAME, "Proef"), (NameOID.SERIAL_NUMBER, "123")],
    ],
)
def test_a_subject_without_one_oin_is_refused(attributes: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    with pytest.raises(CertificateError):
        pki.oin_of(made(subject=subject))
    with pytest.raises(CertificateError):
        pki.verify_chain(made(subject=subject), AUTHORITIES, NOW, "root")


def test_an_issuer_that_is_no_authority() -> None:
    leaf = pki.issue(CA, pki.request(KEY, OIN, "Proefpartij"), NOW, 30)
    impostor = pki.Authority(leaf, KEY.pem)
    certificate = made(issuer=impostor)
    with pytest.raises(CertificateError, match="not that of an authority"):
        pki.verify_chain(certificate, [pki.der_of(leaf)], NOW, "root")
    with pytest.raises(CertificateError, match="not that of an authority"):
        pki.check_authority(made(), NOW)
    for ca, signs in [(False, True), (True, False)]:
        half = made((x509.BasicConstraints(ca=ca, path_length=None), True), (usage(sign=not signs), True))
        with pytest.raises(CertificateError, match="not that of an authority"):
            pki.check_authority(half, NOW)
    whole = made((x509.BasicConstraints(ca=True, path_length=None), True), (usage(sign=False), True))
    pki.check_authority(whole, NOW)


def test_requests() -> None:
    asked = pki.read_request(pki.request(ROOT, OIN, "Proefpartij"))
    assert asked == pki.Request(OIN, "Proefpartij", True)
    assert not pki.read_request(pki.request(KEY, OIN, "Proefpartij")).use_for_root


def signed_request(private: Any) -> bytes:
    subject = x509.load_der_x509_certificate(issued()).subject
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_other_requests_are_refused() -> None:
    good = pki.request(KEY, OIN, "Proefpartij")
    lines = good.split(b"\n")
    lines[-3] = lines[-3][:-6] + (b"A" if lines[-3][-6:-5] != b"A" else b"B") + lines[-3][-5:]
    for pem in (
        b"",
        b"\n".join(lines),
        signed_request(ec.generate_private_key(ec.SECP384R1())),
        signed_request(rsa.generate_private_key(65537, 2048)),
    ):
        with pytest.raises(CertificateError):
            pki.read_request(pem)
        with pytest.raises(CertificateError):
            pki.issue(CA, pem, NOW, 30)
    with pytest.raises(CertificateError, match="no server"):
        pki.issue(CA, pki.request(ROOT, OIN, "Proefpartij"), NOW, 30, ("localhost",))


def test_what_is_no_certificate_is_refused() -> None:
    for call in (
        lambda: pki.der_of(b"x"),
        lambda: pki.oin_of(b"x"),
        lambda: pki.from_record("AA"),
        lambda: pki.from_record("AB=="),
        lambda: pki.verify_chain(b"x", AUTHORITIES, NOW, "root"),
        lambda: pki.root_key(issued()),
        lambda: pki.request(pki.TlsKey(ed25519_pem()), OIN, "Proefpartij"),
    ):
        with pytest.raises(CertificateError):
            call()
    assert pki.from_record(pki.to_record(CA.certificate)) == AUTHORITIES[0]


def ed25519_pem() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_the_authority_on_disk(tmp_path: Path) -> None:
    pki.write_authority(tmp_path, CA)
    assert pki.read_authority(tmp_path) == CA
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyStoreError):
        pki.write_authority(tmp_path, CA)
    assert repr(CA.key) not in repr(CA)
    assert repr(KEY.pem) not in repr(KEY)


def test_openssl_agrees(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(CA.certificate)
    kinds: list[tuple[str, SigningKey | pki.TlsKey, tuple[str, ...]]] = [
        ("sslclient", KEY, ()),
        ("sslserver", KEY, ("localhost",)),
        ("any", ROOT, ()),
    ]
    for purpose, key, names in kinds:
        csr = pki.request(key, OIN, "Proefpartij")
        (tmp_path / "leaf.pem").write_bytes(pki.issue(CA, csr, NOW, 30, names))
        command = ["openssl", "verify", "-attime", str(int(NOW.timestamp())), "-purpose", purpose]
        run = subprocess.run(
            [*command, "-CAfile", "ca.pem", "leaf.pem"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert run.stdout == "leaf.pem: OK\n", run.stderr


def test_python_speaks_tls_with_them(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(CA.certificate)
    contexts = []
    for name, names in [("server", ("localhost",)), ("client", ())]:
        key = pki.TlsKey.generate()
        (tmp_path / f"{name}.key").write_bytes(key.pem)
        (tmp_path / f"{name}.pem").write_bytes(pki.issue(CA, pki.request(key, OIN, "Proefpartij"), NOW, 3650, names))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if name == "server" else ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(tmp_path / f"{name}.pem", tmp_path / f"{name}.key")
        context.load_verify_locations(tmp_path / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        contexts.append(context)
    ends = [ssl.MemoryBIO() for _ in range(4)]
    server = contexts[0].wrap_bio(ends[0], ends[1], server_side=True)
    client = contexts[1].wrap_bio(ends[2], ends[3], server_hostname="localhost")
    for _ in range(4):
        for side, out, into in ((client, ends[3], ends[0]), (server, ends[1], ends[2])):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
            into.write(out.read())
    assert client.version() == "TLSv1.3"
    presented = server.getpeercert(binary_form=True)
    assert presented is not None
    assert pki.verify_chain(presented, AUTHORITIES, NOW, "client") == OIN
