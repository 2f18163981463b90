"""Which variant a visitor gets, and whom a test is for: pure functions."""
