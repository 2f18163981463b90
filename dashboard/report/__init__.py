"""A test's report, its exports and share links, and the actions that it offers."""
