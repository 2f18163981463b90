"""How many visitors a test would get."""
