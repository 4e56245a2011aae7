"""A connector that goes wrong: its first sealed message goes out in clear. For the test that the demo notices.

Called like ``python -m connectors.cli``. The outside of the message is what it should be (recipients, length, digest),
so broker and kernel have nothing to complain of; only where the ciphertext belongs stands none. The house's connector
is run by this program too and takes the message, so that nothing but the search at the end can turn the demo red.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import keys.sealing
from keys import jwe
from keys.binding import Bound, Sealed
from schemas import strict

_sealed = itertools.count()
CLEAR = b'{"v":1,"disclosures":'


def encrypt(content: bytes, recipients: Sequence[Any], aad: str) -> str:
    """As the real one, but the first time with the plaintext where the ciphertext belongs."""
    text = jwe.encrypt(content, recipients, aad)
    if next(_sealed):
        return text
    members = json.loads(text)
    members["ciphertext"] = strict.encode_base64url(content)
    return json.dumps(members, separators=(",", ":"))


def decrypt(parsed: Sealed, key: Any, bound: Bound) -> bytes:
    """As the real one, but what is no ciphertext is taken as it is."""
    return parsed.ciphertext if parsed.ciphertext.startswith(CLEAR) else jwe.decrypt(parsed, key, bound)


if __name__ == "__main__":
    vars(keys.sealing).update(encrypt=encrypt, decrypt=decrypt)
    from connectors.cli import main

    main()
