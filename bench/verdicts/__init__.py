"""How often whole tests end in the wrong verdict: simulated stores, read look by look through the real verdict."""
