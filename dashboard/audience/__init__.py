"""Whom a draft is for: its targeting, traffic share and priority."""
