"""Who belongs to a house: its vouched records, kept as a directory."""
