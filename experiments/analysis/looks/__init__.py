"""How far a test's plan has come: its looks, what they had to reach, and which treatments have crossed."""
