"""Contacts and opt-outs from files: each row checked, kept encrypted until an admin says so, taken in by the worker."""
