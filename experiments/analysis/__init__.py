"""Sums -> a report: what happened to each metric, how sure that is, and whether to trust it."""
