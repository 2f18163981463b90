"""The commands of this app, and what they share."""
