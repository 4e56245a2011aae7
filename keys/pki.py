"""Certificates shaped as PKIoverheid's, and an own authority for sandboxes and tests.

Decides what a certificate must be: the OIN alone in ``Subject.serialNumber``, the organisation in ``O``, issued
directly by a named authority (in production PKIoverheid's issuing CA), valid at a time that is an argument. Whose the
OIN is, is decided in :mod:`keys.identity` and by the TLS end. Party roots are Ed25519; TLS keys are ECDSA P-256.
``cryptography.x509.verification`` follows the web's profile, which knows no Ed25519 and no subject without a name of a
host; the few checks of a one-step chain stand here instead (RFC 5280, 6.1).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, Self, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from keys import CertificateError, secretfiles
from keys.jws import SigningKey, VerifyKey
from schemas import strict
from schemas.ids import IdError, Oin
from schemas.records import OkpKey

Use: TypeAlias = Literal["root", "client", "server"]

_SKEW: Final = timedelta(minutes=5)
_AUTHORITY_DAYS: Final = 3650
_KNOWN_CRITICAL: Final = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}


@dataclass(frozen=True, slots=True)
class TlsKey:
    """A private ECDSA P-256 key for TLS, as PEM (PKCS#8, not encrypted)."""

    pem: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """A new key."""
        return cls(_private_pem(ec.generate_private_key(ec.SECP256R1())))


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority: its own certificate and key, both PEM. A process and folder of its own hold it."""

    certificate: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What a certificate request says, its own signature checked; the operator compares it before issuing."""

    oin: Oin
    name: str
    use_for_root: bool


def _private_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _subject(oin: Oin, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, oin),
        ]
    )


_UNREADABLE: Final = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension)
"""What the library raises for bytes that are no certificate; not all of it is a ValueError."""


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Parts of a certificate are parsed only when they are asked for, so that each of them may turn out to be none."""
    try:
        yield
    except _UNREADABLE as error:
        raise CertificateError(f"{what} cannot be read") from error


def _identity(certificate: x509.Certificate | x509.CertificateSigningRequest) -> tuple[Oin, str]:
    with _reading("the subject"):
        subject = certificate.subject
    numbers = subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    names = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    if len(numbers) != 1 or len(names) != 1:
        raise CertificateError("the subject names exactly one OIN (serialNumber) and one organisation (O)")
    try:
        return Oin(str(numbers[0].value)), str(names[0].value)
    except IdError as error:
        raise CertificateError("the serialNumber of the subject is not an OIN") from error


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def make_authority(name: str, now: datetime) -> Authority:
    """A self-signed authority for a sandbox, ten years from ``now``. Never for real parties."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))


def request(key: SigningKey | TlsKey, oin: Oin, name: str) -> bytes:
    """A certificate request (PEM) for a party root (:class:`SigningKey`) or a TLS key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(oin, name))
    if isinstance(key, SigningKey):
        signed = builder.sign(Ed25519PrivateKey.from_private_bytes(key.seed), None)
    else:
        signed = builder.sign(_tls_private(key), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def _tls_private(key: TlsKey) -> ec.EllipticCurvePrivateKey:
    private = serialization.load_pem_private_key(key.pem, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise CertificateError("a TLS key is ECDSA P-256")
    return private


def _load_request(pem: bytes) -> tuple[x509.CertificateSigningRequest, Ed25519PublicKey | ec.EllipticCurvePublicKey]:
    try:
        loaded = x509.load_pem_x509_csr(pem)
        valid, public = loaded.is_signature_valid, loaded.public_key()
    except _UNREADABLE as error:
        raise CertificateError("not a certificate request in PEM") from error
    fits = isinstance(public, Ed25519PublicKey) or (
        isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1)
    )
    if not valid or not fits or not isinstance(public, Ed25519PublicKey | ec.EllipticCurvePublicKey):
        raise CertificateError("a request is for an Ed25519 or P-256 key and signed by that key")
    return loaded, public


def read_request(pem: bytes) -> Request:
    """What a request asks for. Raises :class:`CertificateError`."""
    loaded, public = _load_request(pem)
    oin, name = _identity(loaded)
    return Request(oin, name, isinstance(public, Ed25519PublicKey))


def issue(authority: Authority, csr: bytes, now: datetime, days: int, server_names: Sequence[str] = ()) -> bytes:
    """A certificate (PEM) for a request: a party root (Ed25519), else TLS client, or server where names are given.

    ``server_names`` are host names or IP addresses. Only OIN, name and key come from the request. Raises
    :class:`CertificateError`.
    """
    loaded, public = _load_request(csr)
    oin, name = _identity(loaded)
    signer = _tls_private(TlsKey(authority.key))
    issuer = _load_pem(authority.certificate)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(oin, name))
        .issuer_name(issuer.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    if isinstance(public, Ed25519PublicKey):
        if server_names:
            raise CertificateError("a party root is no server; ask a certificate for a TLS key")
    else:
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if server_names else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if server_names:
        names = x509.SubjectAlternativeName([_server_name(text) for text in server_names])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _server_name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _load_pem(pem: bytes) -> x509.Certificate:
    try:
        return _numbered(x509.load_pem_x509_certificate(pem))
    except _UNREADABLE as error:
        raise CertificateError("not a certificate in PEM") from error


def _load_der(der: bytes) -> x509.Certificate:
    try:
        return _numbered(x509.load_der_x509_certificate(der))
    except _UNREADABLE as error:
        raise CertificateError("not a certificate in DER") from error


def _numbered(certificate: x509.Certificate) -> x509.Certificate:
    if certificate.serial_number <= 0:  # the library lets it pass, with a warning
        raise CertificateError("the number of a certificate is positive (RFC 5280, 4.1.2.2)")
    return certificate


def der_of(pem: bytes) -> bytes:
    """The DER of a certificate in PEM. Raises :class:`CertificateError`."""
    return _load_pem(pem).public_bytes(serialization.Encoding.DER)


def to_record(pem: bytes) -> str:
    """A certificate as records carry it: base64 DER, one line. Raises :class:`CertificateError`."""
    return base64.b64encode(der_of(pem)).decode("ascii")


def from_record(text: str) -> bytes:
    """The DER out of a record. Raises :class:`CertificateError`."""
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CertificateError("a certificate in a record is base64 DER") from error
    if base64.b64encode(der).decode("ascii") != text:
        raise CertificateError("a certificate in a record is base64 DER")
    return der


def oin_of(certificate_der: bytes) -> Oin:
    """The OIN in the subject. Raises :class:`CertificateError`. Says nothing about who issued it."""
    return _identity(_load_der(certificate_der))[0]


def check_authority(der: bytes, at: datetime) -> None:
    """That a certificate may issue others at that time. Raises :class:`CertificateError`."""
    _check_issuer(_load_der(der), at)


def _check_issuer(authority: x509.Certificate, at: datetime) -> None:
    _check_time(authority, at, "the authority's certificate")
    try:
        basic = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, *_UNREADABLE) as error:
        raise CertificateError("the authority's certificate is not that of an authority") from error
    if not basic.ca or not usage.key_cert_sign:
        raise CertificateError("the authority's certificate is not that of an authority")


def _check_time(certificate: x509.Certificate, at: datetime, what: str) -> None:
    with _reading("the term of a certificate"):
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= at <= end:
        raise CertificateError(f"{what} is not valid at that time; renew it")


def verify_chain(certificate_der: bytes, authorities: Sequence[bytes], at: datetime, use: Use) -> Oin:
    """The OIN of a certificate issued directly by one of ``authorities`` (DER), valid at ``at``, fit for ``use``.

    Raises :class:`CertificateError`.
    """
    certificate = _load_der(certificate_der)
    _check_time(certificate, at, "the certificate")
    for der in authorities:
        authority = _load_der(der)
        with _reading("the issuer of a certificate"):
            named = authority.subject == certificate.issuer
        if named and _issued(certificate, authority):
            _check_issuer(authority, at)
            break
    else:
        raise CertificateError("a certificate of an authority that this house does not name")
    _check_leaf(certificate, use)
    return _identity(certificate)[0]


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, *_UNREADABLE):
        return False
    return True


def _check_leaf(certificate: x509.Certificate, use: Use) -> None:
    try:
        extensions = certificate.extensions
    except _UNREADABLE as error:
        raise CertificateError("the extensions of the certificate cannot be read") from error
    if any(extension.critical and extension.oid not in _KNOWN_CRITICAL for extension in extensions):
        raise CertificateError("the certificate has a critical extension that is not known here")
    purposes: set[x509.ObjectIdentifier] = set()
    for extension in extensions:
        if isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            raise CertificateError("the certificate of an authority is not that of a party")
        if isinstance(extension.value, x509.KeyUsage) and not extension.value.digital_signature:
            raise CertificateError("the key of the certificate may not sign")
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            purposes = set(extension.value)
    wanted = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}.get(use)
    if wanted is not None and wanted not in purposes:
        raise CertificateError(f"the certificate is not for a TLS {use}")


def root_key(certificate_der: bytes) -> VerifyKey:
    """The Ed25519 key in a party root's certificate. Raises :class:`CertificateError`, :class:`keys.KeyRecordError`."""
    certificate = _load_der(certificate_der)
    with _reading("the key of a certificate"):
        public = certificate.public_key()
    if not isinstance(public, Ed25519PublicKey):
        raise CertificateError("the key of a party root is Ed25519")
    x = strict.encode_base64url(public.public_bytes_raw())
    return VerifyKey.from_public(OkpKey(kty="OKP", crv="Ed25519", x=x))


def write_authority(folder: Path, authority: Authority) -> None:
    """``ca.pem`` and ``ca.key`` (0600) in ``folder``. Raises :class:`keys.KeyStoreError` if they are there."""
    secretfiles.write_new(folder / "ca.key", authority.key)
    secretfiles.write_new(folder / "ca.pem", authority.certificate)


def read_authority(folder: Path) -> Authority:
    """What :func:`write_authority` wrote. Raises :class:`keys.KeyStoreError`."""
    return Authority(secretfiles.read(folder / "ca.pem"), secretfiles.read(folder / "ca.key"))
