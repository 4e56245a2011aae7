"""All cryptography, once: signing, sealing, the log's formats, the keystore, trust in keys, certificates.

This package decides what is authentic, what opens and what was logged; it leaves what is *allowed* to
:mod:`schemas`. It imports nothing here: the broker may load ``keys.jws`` and may never load ``keys.sealing``,
``keys.jwe`` or ``keys.hpke``. Foreign exceptions (jwcrypto, cryptography, OSError) do not cross the border.

    KeysError
    ├── SignatureFailedError   their message: no valid signature of the key that it names
    ├── SealError              their message, or not ours: one constant text, the cause chained for the local log
    ├── DisclosureError        their message: disclosures and digests do not go one to one (code, path)
    ├── KeyRecordError         their record: not vouched for as "Who vouches for what" asks (code)
    ├── ProofError             their log: checkpoint, tile or proof that does not hold
    ├── KeyStoreError          the weather, or use: files of the keystore missing, locked, unreadable
    └── CertificateError       their certificate or request
"""


class KeysError(Exception):
    """The root of what this package raises on purpose. Texts never quote foreign values or secrets."""


class SignatureFailedError(KeysError):
    """A compact JWS that is malformed, of another type, or not signed by the key it names."""


class SealError(KeysError):
    """Whatever went wrong while opening. To the outside always the same text, so that no oracle arises."""

    text = "the sealed part does not open"

    def __init__(self) -> None:
        super().__init__(self.text)


class DisclosureError(KeysError):
    """A disclosure that is malformed or does not match. ``path`` is the field where it is known."""

    def __init__(self, code: str, text: str, path: str | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.path = path


class KeyRecordError(KeysError):
    """A record or key that is not vouched for.

    ``code`` is one of ``sleutel_onbekend``, ``sleutel_verlopen``, ``sleutel_ingetrokken`` (no key to verify with at
    that time), ``sleutel_ongeschikt`` (a public key nobody may use), ``record_ongeldig`` (everything else).
    """

    def __init__(self, text: str, code: str = "record_ongeldig") -> None:
        super().__init__(text)
        self.code = code


class ProofError(KeysError):
    """A leaf, tile, checkpoint or proof that does not hold."""


class KeyStoreError(KeysError):
    """The keystore cannot be created, opened, read or written; the text says what to do next."""


class CertificateError(KeysError):
    """A certificate or request that is not of the form asked, or not issued by whom it should be."""
