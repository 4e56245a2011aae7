"""Strangers at the broker's port: an API tester, a linter and a TLS client over what it serves and describes."""
