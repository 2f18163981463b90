"""Compare arms on money: revenue per visitor, order value, margin, and other means and ratios."""
