"""What was provided to whom, in codes only."""
