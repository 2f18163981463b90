"""Journeys: the list, the page where one is written, launched and read, and why a customer got no message."""
