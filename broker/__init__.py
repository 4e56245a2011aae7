"""The broker: routes sealed messages, decides on their clear part, writes every outcome into the ledger, opens nothing.

    BrokerError
    ├── problem.ProblemError        their message: a code of schemas.problems and the place in what they sent
    ├── settings.SettingsError      our operator's settings or key files: what to do next
    ├── database.DatabaseError      the weather, or a race that somebody else won
    │   ├── ConflictError           another transaction was first; run again
    │   ├── CommitUnknownError      COMMIT gave an error: it may or may not have taken effect
    │   └── UnavailableError        no connection, a time-out, a server that stops
    └── ledger.LedgerError          our log: a round that another sequencer won, a head that does not fit

What is neither is our bug: an ordinary exception, never caught below the composition root.
"""


class BrokerError(Exception):
    """The root of what this package raises on purpose. Texts hold ids and codes, never contents."""
