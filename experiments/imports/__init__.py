"""Past tests and past orders from files."""
