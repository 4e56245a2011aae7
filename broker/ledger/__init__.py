"""The log of each house: entries, rounds, checkpoints, tiles (ledger-and-keys.md "Ledger")."""

from __future__ import annotations

from broker import BrokerError


class LedgerError(BrokerError):
    """A head that moved under us, or a log that does not fit its keys."""
