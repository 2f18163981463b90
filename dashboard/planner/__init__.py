"""The planner: how many visitors and days a test needs."""
