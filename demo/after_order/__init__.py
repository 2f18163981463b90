"""Simulated customers after their orders: parcels, trouble, journeys, and what they do with messages, day by day."""
