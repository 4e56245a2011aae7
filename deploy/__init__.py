"""What runs around the programs: the sandbox, an embedded PostgreSQL, and the files for operators."""
