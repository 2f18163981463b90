"""Notifies people and other systems of what happened, from entries of the audit trail."""
