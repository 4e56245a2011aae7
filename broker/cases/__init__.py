"""Cases as their participants may see them."""
