"""Turns sums into results: how each metric changed, how certain that is, and whether the data can be trusted."""
