"""What a draft's treatment shows."""
