"""A journey's life: drafted, checked, launched with its tests, paused, edited as a next version, and ended."""
