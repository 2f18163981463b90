"""What is known of a test, read from the tables of exposures, events and orders: sums, facts, arrivals."""
