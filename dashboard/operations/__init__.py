"""Health and metrics for an operator's monitoring."""
