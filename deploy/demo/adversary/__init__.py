"""Somebody who tries to break it, over real TLS: with the real keys of a party, or as the broker itself.

Product code has no switch to misbehave, so these are programs of their own. A thief holds a copy of a party's keys and
posts past its connector (:mod:`.thief`, :mod:`.forging`); a party runs a connector that somebody changed
(:mod:`.insider`); an operator serves other answers from the broker's own database, with its TLS certificate and its log
key (:mod:`.front`, :mod:`.rewriting`). Each attack is one value of :mod:`.attack`, in one list (:mod:`.listing`): tests
play all of it, ``make demo`` a selection, and ``docs/adversary.md`` is written from it.
"""
