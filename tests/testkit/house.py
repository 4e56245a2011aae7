"""The house of the testkit: fixed keys, certificates and records, the same bytes every time.

Its private keys are public (``files/keys.json``), so that another implementer can found this house and sign in it.
Nothing here is a secret and nothing may be used outside tests.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from keys import jws
from keys.jws import SigningKey
from schemas import canonical
from schemas.ids import format_instant
from schemas.strict import decode_base64url

NOW = datetime(2026, 3, 10, 12, 0, 0, tzinfo=UTC)
"""The time of every file: set the clock of what is tested to it."""
FOREVER = datetime(2126, 1, 1, tzinfo=UTC)
FOUNDED = NOW - timedelta(days=1)
HOUSE = "testhuis"
HOUSE_OIN = "00000099000000008000"
MELDER_OIN = "00000099000000008001"
POLICE_OIN = "00000099000000008002"
STRANGER_OIN = "00000099000000008003"
DOOR = f"{HOUSE_OIN}:procesregie"
MELDER = f"{MELDER_OIN}:college_bw"
POLICE = f"{POLICE_OIN}:politie"
ORIGIN = f"broker.example/{HOUSE}/2026"
TASK = "wmo_2_3_1_2_3_5"


def drawn(label: str, size: int) -> str:
    """So many bytes in base64url, the same for the same label."""
    data = hashlib.shake_256(f"testkit {label}".encode()).digest(size)
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ref(label: str) -> str:
    """A reference of 128 bits."""
    return drawn(label, 16)


def digest(label: str) -> str:
    """A digest."""
    return drawn(label, 32)


def message_id(label: str) -> str:
    """A UUIDv7."""
    text = hashlib.sha256(f"testkit {label}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def at(**since: float) -> str:
    """The time of the kit, so much later, as it is written."""
    return format_instant(NOW + timedelta(**since))


PACK = digest("pakket")
"""The digest that all manifests name: a stand-in, so that a new word in a pack changes no file."""


@cache
def key(label: str) -> SigningKey:
    """The same key for the same label."""
    return SigningKey.from_seed(hashlib.sha256(f"testkit {label}".encode()).digest())


def sign(value: Any, signer: str, typ: str) -> str:
    """A compact JWS over the canonical bytes of ``value``."""
    return jws.sign(canonical.encode(value), key(signer), typ)


# ------------------------------------------------------------------------------------------------------- certificates


@cache
def _ca_key(label: str) -> ec.EllipticCurvePrivateKey:
    scalar = int.from_bytes(hashlib.sha256(f"testkit {label}".encode()).digest()[:31], "big")
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _name(*attributes: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _record(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")


@cache
def authority(label: str = "ca", *, ca: bool = True, until: datetime = FOREVER) -> x509.Certificate:
    """A self-signed authority; signed deterministically (RFC 6979)."""
    private, subject = _ca_key(label), _name((NameOID.ORGANIZATION_NAME, "Testkit CA"), (NameOID.COMMON_NAME, label))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(1000)
        .not_valid_before(FOUNDED - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(_usage(issues=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    return builder.sign(private, hashes.SHA256(), ecdsa_deterministic=True)


@cache
def authority_record(label: str = "ca", *, ca: bool = True, until: datetime = FOREVER) -> str:
    """An authority as genesis names it."""
    return _record(authority(label, ca=ca, until=until))


def authority_pem() -> bytes:
    """The authority's certificate in PEM."""
    return authority().public_bytes(serialization.Encoding.PEM)


def authority_key() -> bytes:
    """Its private key in PEM, to issue TLS certificates with."""
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return _ca_key("ca").private_bytes(serialization.Encoding.PEM, form, none)


@cache
def root(
    oin: str,
    signer: str,
    *,
    issuer: str = "ca",
    until: datetime = FOREVER,
    ca: bool = False,
    signs: bool = True,
    curve: bool = False,
    numbers: tuple[str, ...] | None = None,
    critical: bool = False,
) -> str:
    """The certificate of a party root as an accession carries it; what it should not be is asked for by name."""
    above = authority(issuer)
    public: Ed25519PublicKey | ec.EllipticCurvePublicKey
    public = Ed25519PublicKey.from_public_bytes(decode_base64url(key(signer).public.x))
    if curve:
        public = _ca_key(signer).public_key()
    named = [(NameOID.SERIAL_NUMBER, one) for one in ((oin,) if numbers is None else numbers)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name((NameOID.COUNTRY_NAME, "NL"), (NameOID.ORGANIZATION_NAME, "Testpartij"), *named))
        .issuer_name(above.subject)
        .public_key(public)
        .serial_number(2000)
        .not_valid_before(FOUNDED - timedelta(hours=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(issues=not signs), critical=True)
    )
    if critical:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    return _record(builder.sign(_ca_key(issuer), hashes.SHA256(), ecdsa_deterministic=True))


# ------------------------------------------------------------------------------------------------------------ records

DECLARED = {"declared": "2026-03-01", "screened": "2025-09-01"}
PREPARED = {"dpia": "DPIA 2026-1", "consulted": "2026-02-01", "decision": "stuurgroep 2026-1"}


def public(label: str) -> dict[str, str]:
    """A public signing key in JOSE form."""
    return dict(key(label).public.model_dump())


def genesis(**changes: Any) -> dict[str, Any]:
    """The first record."""
    members: dict[str, Any] = {
        "record": "genesis",
        "house": HOUSE,
        "name": "Testhuis",
        "oin": HOUSE_OIN,
        "origin": ORIGIN,
        "log_key": public("log"),
        "receipt_key": public("ontvangst"),
        "chair": public("voorzitter"),
        "manager": public("manager"),
        "pack": PACK,
        "authorities": [authority_record()],
        "witnesses": {"witnesses": [], "quorum": 0},
        "unsafe_sandbox": True,
        "created": format_instant(FOUNDED),
        **PREPARED,
        **DECLARED,
    }
    return members | changes


def accession(oin: str, function: str, **changes: Any) -> dict[str, Any]:
    """A party with one function."""
    members: dict[str, Any] = {
        "record": "toetreding",
        "house": HOUSE,
        "oin": oin,
        "name": "Testpartij",
        "root": root(oin, f"wortel {oin}"),
        "addresses": [{"function": function, "tasks": [TASK], "secrecy": [], "provides_for": [], "suite": "keten-pq"}],
        "hosted_by": None,
        "since": format_instant(FOUNDED),
        **DECLARED,
    }
    return members | changes


def party_key(address: str, label: str, **changes: Any) -> dict[str, Any]:
    """A signing key of an address."""
    members: dict[str, Any] = {
        "record": "partij_sleutel",
        "house": HOUSE,
        "address": address,
        "key": public(label),
        "not_before": format_instant(FOUNDED),
        "not_after": format_instant(FOREVER),
    }
    return members | changes


def leaving(oin: str, **changes: Any) -> dict[str, Any]:
    """A party that leaves."""
    since = format_instant(NOW)
    members = {"record": "uittreding", "house": HOUSE, "oin": oin, "since": since, "ground": "uittreding"}
    return members | changes


def revocation(address: str, label: str, **changes: Any) -> dict[str, Any]:
    """A key that counts no longer."""
    members = {
        "record": "sleutel_intrekking",
        "house": HOUSE,
        "address": address,
        "kid": str(key(label).kid),
        "since": format_instant(NOW),
    }
    return members | changes


def pack_decision(label: str, **changes: Any) -> dict[str, Any]:
    """The next pack."""
    members = {"record": "pack_besluit", "house": HOUSE, "pack": digest(label), "since": format_instant(NOW)}
    return members | PREPARED | changes


def decree(oin: str, **changes: Any) -> dict[str, Any]:
    """A decree of the police."""
    members = {
        "record": "artikel20_besluit",
        "house": HOUSE,
        "id": "besluit_1",
        "oin": oin,
        "basis": "wpg_20",
        "digest": digest("besluit"),
        "since": format_instant(NOW),
        "until": format_instant(FOREVER),
    }
    return members | changes


def by_officers(record: dict[str, Any]) -> dict[str, str]:
    """Signed by chair and manager."""
    return signed(record, "voorzitter", "manager")


def by_root(record: dict[str, Any], oin: str) -> dict[str, str]:
    """Signed by the root of a party."""
    return signed(record, f"wortel {oin}")


def signed(record: dict[str, Any], first: str, second: str | None = None) -> dict[str, str]:
    """Signed by one or two keys."""
    typ = "keten-record+jws"
    one = {"first": sign(record, first, typ)}
    return one if second is None else one | {"second": sign(record, second, typ)}


def rows(*records: dict[str, str]) -> list[dict[str, str]]:
    """Signed records with the times of their entries, a minute apart."""
    return [one | {"time": format_instant(FOUNDED + timedelta(minutes=n))} for n, one in enumerate(records)]


@cache
def founding() -> tuple[dict[str, str], ...]:
    """Genesis, a municipality and a police force, with a signing key each."""
    return (
        by_officers(genesis()),
        by_officers(accession(MELDER_OIN, "college_bw")),
        by_root(party_key(MELDER, MELDER), MELDER_OIN),
        by_officers(accession(POLICE_OIN, "politie")),
        by_root(party_key(POLICE, POLICE), POLICE_OIN),
    )


def directory() -> list[dict[str, str]]:
    """The house as it is founded."""
    return rows(*founding())


LABELS = (
    "log",
    "ontvangst",
    "voorzitter",
    "manager",
    f"wortel {MELDER_OIN}",
    f"wortel {POLICE_OIN}",
    MELDER,
    POLICE,
    "vreemde",
)


def keys_file() -> dict[str, Any]:
    """Every private key of the kit: they sign nothing but these files."""
    return {
        "what": "Private keys of the testkit's house. They are public; use them for nothing else.",
        "now": format_instant(NOW),
        "house": HOUSE,
        "pack": PACK,
        "origin": ORIGIN,
        "ed25519": {
            label: {"kid": str(key(label).kid), "public": public(label), "seed_hex": key(label).seed.hex()}
            for label in LABELS
        },
        "authority": {"certificate": authority_record(), "private_key_pem": authority_key().decode("ascii")},
    }


SOME_DAY = date(2026, 3, 1).isoformat()
