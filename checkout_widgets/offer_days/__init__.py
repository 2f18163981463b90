"""What became of offers, by the store's days: how often they were shown, taken, and bought, added up by the worker."""
