"""Programs of others over what we write, and we over theirs: npm ``jose``, Go's ``sumdb/note`` and ``tlog``."""
