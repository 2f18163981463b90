"""Benchmarks: each prints ratios against a floor measured in the same run; the last line is one JSON object."""
