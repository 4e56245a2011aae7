"""The rules of the protocol, one module per chapter; each small, pure and with its article.

A rule gets a :class:`schemas.rules.matter.Matter` and says what is wrong as reasons; it knows nothing of other rules.
:mod:`schemas.policy` holds the one list of them, in the order in which reasons are given. The codes and texts stand in
:mod:`schemas.rules.causes`.
"""
