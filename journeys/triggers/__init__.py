"""What begins a run: orders, parcels, contracts, days, and what a customer has reached; each once."""
