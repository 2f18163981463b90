"""Decide who takes part in which experiment, by a hash and by rules. Pure functions: no storage, no Django."""
