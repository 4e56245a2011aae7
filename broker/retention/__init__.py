"""What expires, what is withdrawn, what is destroyed, and that each is on record."""
