"""Follow-ups as tests: simulated stores, whose messages the worker's code plans, and whose tests the report reads."""
