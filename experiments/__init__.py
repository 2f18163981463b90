"""What is tested, who saw what, and what came of it: no page, no widget."""
