"""How dates are written in German: day, month, year."""
