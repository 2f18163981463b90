"""What the edge decided: counted by day and reason, with a sample of those who weren't in a test."""
