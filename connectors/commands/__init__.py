"""The commands of ``ketenconnector``, a module per kind of user; :mod:`connectors.cli` puts them together.

Decides how things look on a terminal and in ``--json``. Exit codes: 0 done, 1 fault, 2 wrong use or input, 3 refused by
a rule; data to standard output, all else to standard error. Dutch, because professionals read it.
"""
