"""How dates are written in English: day, month, year."""
