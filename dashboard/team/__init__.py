"""A store's team: its members and their roles, and which steps need a second person's approval."""
