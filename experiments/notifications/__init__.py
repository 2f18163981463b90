"""Telling people and other systems what happened: whatever is in the audit trail can be told."""
