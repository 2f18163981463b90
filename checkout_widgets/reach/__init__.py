"""How many visitors a test would get: last week's decisions, sent through the arbiter once more."""
