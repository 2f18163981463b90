"""Who was exposed and what came of it: events and orders in, outcomes and their sums out."""
