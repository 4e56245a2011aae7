"""Benchmarks: ratios to one calibrating operation of the same run; the numbers of one machine say little elsewhere.

No test asserts a time. `make bench` measures and writes build/bench.json.
"""
