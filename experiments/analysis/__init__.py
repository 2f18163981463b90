"""Sums become results: what happened to each metric, how sure that is, and whether to trust it."""
