"""Writes messages: a typed document becomes a subject, HTML that mail programs show alike, and plain text."""
