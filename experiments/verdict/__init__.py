"""What a report recommends: its rules and the verdict."""
