"""Examines an installation for its operator: what is wrong with it, and what to do."""
