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
    """A compact JWS that is malformed, of another type, or not signed by the key it names.

    ``code``: ``handtekening_vorm`` or, for the last, ``handtekening_fout``.
    """

    def __init__(self, text: str, code: str = "handtekening_fout") -> None:
        super().__init__(text)
        self.code = code


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
    that time), ``sleutel_ongeschikt`` (a public key nobody may use); of a record ``record_vorm``, ``record_huis`` (of
    another one), ``record_ondertekenaars`` (others than who must sign), ``record_handtekening``,
    ``record_certificaat``, ``record_sleutel`` (a key that serves for something already), ``record_functie``,
    ``record_volgorde``, ``record_termijn`` (it ends before it begins); ``record_ongeldig`` (everything else).
    """

    def __init__(self, text: str, code: str = "record_ongeldig") -> None:
        super().__init__(text)
        self.code = code


class ProofError(KeysError):
    """A leaf, tile, checkpoint or proof that does not hold.

    ``code`` is one of ``bewijs_vorm``, ``bewijs_te_groot``, ``bewijs_base64``, ``bewijs_getal`` (what cannot be read),
    ``bewijs_logboek`` (of another log), ``handtekening_ontbreekt``, ``handtekening_fout`` (the log's own),
    ``bewijs_plaats`` (an index or size outside the tree), ``bewijs_lengte``, ``bewijs_wortel`` (it does not lead to the
    root), ``tegel_pad``, ``tegel_kort``, ``bundel_vorm``, ``bewijs`` (everything else).
    """

    def __init__(self, text: str, code: str = "bewijs") -> None:
        super().__init__(text)
        self.code = code


class KeyStoreError(KeysError):
    """The keystore cannot be created, opened, read or written; the text says what to do next."""


class CertificateError(KeysError):
    """A certificate or request that is not of the form asked, or not issued by whom it should be."""
