"""The home page: running tests, what offers earn, decisions that are due, and alerts."""
