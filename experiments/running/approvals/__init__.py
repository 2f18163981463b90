"""Approval by a second person: asked for, given, required before a step, and lapsed once what it covers has changed."""
