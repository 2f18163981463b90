"""What all ways of logging in share: sessions, limits, the second factor, and what is noted of an account."""
