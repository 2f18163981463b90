"""The widget gallery: every layout with every kind of offer, in every language."""
