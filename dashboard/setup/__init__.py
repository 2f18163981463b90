"""The setup page: what has arrived from a store, and what is missing."""
