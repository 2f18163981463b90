"""What stores' own systems say of customers: contracts, and tickets and other problems."""
