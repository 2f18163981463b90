"""Invitations to a store's team: sent by its admins, and accepted once within seven days."""
