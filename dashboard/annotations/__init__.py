"""Annotations of the time axis: what happened in a store beside its tests, entered by hand or from a file."""
