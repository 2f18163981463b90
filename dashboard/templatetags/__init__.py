"""How templates write figures, times and words."""
