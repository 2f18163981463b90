"""The command that serves the product."""
