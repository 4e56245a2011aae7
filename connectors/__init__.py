"""The program that runs at a party, and at the house itself: keys, case files, questions and answers.

Decides nothing about what the protocol allows (:mod:`schemas.policy`) and nothing about cryptography (:mod:`keys`): it
runs both, at home before anything leaves and again on everything that comes in.

    ConnectorError
    ├── UseError          our own people or settings: it cannot be done so; the text says what to do next
    │   └── ContentError       what was to be sealed holds what its recipient would refuse
    ├── CheckError        their message: a check of a recipient failed; ``code`` goes into a finding, never outside
    ├── StateError        our bug: something that this connector wrote itself is not as it must be
    ├── StorageError      the weather: the own database does not answer
    └── LinkError         the weather: the broker does not answer, or not in its own form
        └── LinkRefusedError   the broker answered with a problem (``code`` of :mod:`schemas.problems`)

Errors of a party's own systems are those of :mod:`connectors.sources`. None of these texts holds personal data.
"""


class ConnectorError(Exception):
    """The root of what this package raises on purpose."""


class UseError(ConnectorError):
    """What was asked for cannot be done; the text says what can be done about it."""


class ContentError(UseError):
    """What was to be sealed is not what its recipient would file. The text names fields, codes and what to do."""


class StorageError(ConnectorError):
    """The own database cannot be used now: locked, full, gone."""


class StateError(ConnectorError):
    """Own data that are not as this program leaves them."""


class CheckError(ConnectorError):
    """A message from outside that a recipient may not accept.

    ``code``: stable, snake_case, for the finding. ``path``: the field where one is known. ``opened``: the check failed
    after the sealed part was opened, so that an exact message is answered with ``minimalisatie_schending``.
    """

    text = "the message was not accepted"

    def __init__(self, code: str, path: str | None = None, *, opened: bool = False) -> None:
        super().__init__(self.text)
        self.code, self.path, self.opened = code, path, opened


class LinkError(ConnectorError):
    """No usable answer from the broker; trying again later may help."""


class LinkTooMuchError(LinkError):
    """The answer is longer than is read of one; asking for less may help."""


class LinkRefusedError(LinkError):
    """The broker refuses the request itself. ``code`` is one of :mod:`schemas.problems`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"the broker answered {status} {code}")
        self.status, self.code = status, code
