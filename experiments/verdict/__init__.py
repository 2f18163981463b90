"""What a report says to do: its rules, and the ruling."""
