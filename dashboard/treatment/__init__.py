"""What a draft's treatment shows: its fields, the offers to choose from, and a new one."""
