"""How far a store's customers are with what they bought: the days of each category, and how many are at each stage."""
