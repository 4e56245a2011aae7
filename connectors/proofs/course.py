"""How far an audit is, as it is kept between two steps: a value that is read back with care, as a disk may fail."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from connectors import StateError
from keys.merkle import HASH_LENGTH

DAMAGED: Final = "wat een eerdere controle bewaarde is beschadigd; begin opnieuw met --again"
_MOST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Course:
    """How far an audit is. ``cursor``: the last own entry that was judged; ``size`` and ``root`` (base64): of the
    signed tree that it is about."""

    run: int = 1
    finished: bool = False
    cursor: int = -1
    size: int = 0
    root: str = ""

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        """What was kept. Raises :class:`StateError` where it does not hold together any more."""
        plain = asdict(cls())
        fits = value.keys() == plain.keys() and all(type(value[name]) is type(plain[name]) for name in plain)
        if not fits or not (0 < value["run"] < _MOST and -1 <= value["cursor"] < _MOST and 0 <= value["size"] < _MOST):
            raise StateError(DAMAGED)
        try:
            root = base64.b64decode(value["root"], validate=True)
            if value["size"] and len(root) != HASH_LENGTH:
                raise ValueError
        except ValueError as error:
            raise StateError(DAMAGED) from error
        return cls(**value)

    @property
    def tree(self) -> tuple[int, bytes]:
        """Size and root."""
        return self.size, base64.b64decode(self.root)
