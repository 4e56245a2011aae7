"""What people at a party do: the same functions for commands and, later, pages."""
