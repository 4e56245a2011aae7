"""Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint): what the log's key says about size and root.

Decides the text and the log's own Ed25519 signature. Lines of other keys (witnesses) are kept as they are and not
judged here; the policy of a quorum comes with them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final, Self

from keys import ProofError, SignatureFailedError
from keys.jws import SigningKey, VerifyKey
from keys.merkle import HASH_LENGTH
from schemas.strict import decode_base64url

NOTE_LIMIT: Final = 64 * 1024
SIGNATURE_LIMIT: Final = 64
_ED25519: Final = b"\x01"
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_NAME: Final = re.compile(r"[^\s+]+")


def decode_base64(text: str) -> bytes:
    """Standard base64 with padding that re-encodes to itself. Raises :class:`ProofError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("not base64", "bewijs_base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise ProofError("base64 that does not re-encode to itself", "bewijs_base64")
    return data


def parse_decimal(text: str) -> int:
    """A size or index: decimal, no leading zeroes, below 2^63. Raises :class:`ProofError`."""
    if _DECIMAL.fullmatch(text) is None or int(text) >= 2**63:
        raise ProofError("not a size or index", "bewijs_getal")
    return int(text)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree: the log's origin, how many leaves, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: who says to have signed, the four bytes that name the key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class ParsedNote:
    """A well-formed checkpoint of which nothing is verified yet."""

    checkpoint: Checkpoint
    signed: bytes
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class NoteKey:
    """An Ed25519 key under a name, as other programs configure it (``name+id+key``)."""

    name: str
    key: VerifyKey

    @classmethod
    def of(cls, key: VerifyKey, name: str) -> Self:
        """Raises :class:`ProofError` for a name with spaces or a plus."""
        if _NAME.fullmatch(name) is None:
            raise ProofError("the name of a note's key has no spaces and no plus", "bewijs_vorm")
        return cls(name, key)

    @property
    def raw(self) -> bytes:
        """The public key, 32 bytes."""
        return decode_base64url(self.key.public.x)

    @property
    def key_id(self) -> bytes:
        """``SHA-256(name || 0x0A || 0x01 || key)[:4]``."""
        return hashlib.sha256(self.name.encode("utf-8") + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def vkey(self) -> str:
        """The verifier key of Go's ``sumdb/note``."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.raw).decode('ascii')}"


def sign(checkpoint: Checkpoint, key: SigningKey, name: str | None = None) -> str:
    """The signed note under ``name`` (the origin, unless told). Deterministic: recovery signs the same bytes."""
    note_key = NoteKey.of(key.verify_key, checkpoint.origin if name is None else name)
    line = base64.b64encode(note_key.key_id + key.sign_bytes(checkpoint.text.encode("utf-8"))).decode("ascii")
    return f"{checkpoint.text}\n\u2014 {note_key.name} {line}\n"


def _signature(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or _NAME.fullmatch(parts[1]) is None:
        raise ProofError("not a signature line of a note", "bewijs_vorm")
    data = decode_base64(parts[2])
    if len(data) < 5:
        raise ProofError("not a signature line of a note", "bewijs_vorm")
    return NoteSignature(parts[1], data[:4], data[4:])


def parse(text: str, limit: int = NOTE_LIMIT) -> ParsedNote:
    """Read a checkpoint of exactly three lines and its signature lines (1 to 64). Raises :class:`ProofError`."""
    if len(text) > limit:
        raise ProofError(f"a checkpoint of more than {limit} characters", "bewijs_te_groot")
    if _CONTROL.search(text):
        raise ProofError("a checkpoint that holds control characters", "bewijs_vorm")
    body, separator, tail = text.rpartition("\n\n")
    lines = body.split("\n")
    if not separator or len(lines) != 3 or not tail.endswith("\n") or _NAME.fullmatch(lines[0]) is None:
        raise ProofError("not a checkpoint: origin, size, root, an empty line, signatures", "bewijs_vorm")
    root = decode_base64(lines[2])
    if len(root) != HASH_LENGTH:
        raise ProofError("the root of a checkpoint is 32 bytes", "bewijs_lengte")
    signatures = tail[:-1].split("\n")
    if len(signatures) > SIGNATURE_LIMIT:
        raise ProofError("more than 64 signatures under a checkpoint", "bewijs_te_groot")
    checkpoint = Checkpoint(lines[0], parse_decimal(lines[1]), root)
    try:
        signed = f"{body}\n".encode()
    except UnicodeEncodeError as error:
        raise ProofError("a checkpoint is UTF-8", "bewijs_vorm") from error
    return ParsedNote(checkpoint, signed, tuple(_signature(line) for line in signatures))


def verify(text: str, key: VerifyKey, origin: str, name: str | None = None) -> Checkpoint:
    """The checkpoint of ``origin``, signed by the log's ``key`` under ``name`` (the origin, unless told).

    Raises :class:`ProofError`. Signatures of unknown keys are passed over; a wrong one of the known key is not.
    """
    note = parse(text)
    if note.checkpoint.origin != origin:
        raise ProofError("a checkpoint of another log", "bewijs_logboek")
    note_key = NoteKey.of(key, origin if name is None else name)
    mine = [line for line in note.signatures if (line.name, line.key_id) == (note_key.name, note_key.key_id)]
    if not mine:
        raise ProofError("a checkpoint without a signature of this log's key", "handtekening_ontbreekt")
    try:
        for line in mine:
            key.verify_bytes(line.signature, note.signed)
    except SignatureFailedError as error:
        raise ProofError("a checkpoint with a wrong signature of this log's key", "handtekening_fout") from error
    return note.checkpoint
