"""Every parser of foreign bytes under bytes that nobody thought of: oracles, their seeds, and two drivers.

``make test`` runs each oracle over its seeds and some hundreds of fixed mutations; ``python -m tests.fuzzing`` runs
them under atheris (libFuzzer, guided by coverage) for as long as one wants. The oracles are the same functions.
"""
