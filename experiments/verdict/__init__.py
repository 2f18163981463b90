"""What a report says to do: the planned looks, the rules, and the ruling."""
