"""The socket between the running connector and its commands: ``control.sock`` in the data folder, for its owner alone.

Decides the form of that seam: one POST per act, JSON in and JSON out. The running connector is the only writer of its
database and keystore (architecture.md "Processes at a party"); what an act does is in :mod:`connectors.desk`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

SOCKET: Final = "control.sock"
LONGEST: Final = 100
"""Bytes that the path of a socket may have (Linux: 107)."""


def socket_path(data: Path) -> Path:
    """Where the socket of the connector with this data folder is."""
    return data / SOCKET
