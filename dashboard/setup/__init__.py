"""The setup page: which data has arrived from a store, and what is missing."""
