"""The home page: what runs, what it has won, what is due and what to look at."""
