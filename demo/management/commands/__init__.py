"""Commands that load the demo, serve it and simulate its traffic."""
