"""The map of the checkout: what runs at each moment, and what could be tested there."""
