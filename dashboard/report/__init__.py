"""The report of a test, its exports and share links, and the steps that are taken from it."""
