"""Mutation testing of the kernel: would a test notice if a rule were a little different?

The operators are those of mutmut, and some of our own for what a rule is made of. Mutmut itself does not change
decorated functions, and every rule is one; so what makes, loads and judges the mutants stands here.
"""
