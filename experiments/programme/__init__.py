"""Beyond one test: planning the next, and what a store's tests came to together."""
