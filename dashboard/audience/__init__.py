"""Whom a draft is for: its targeting, traffic share and priority, with its reach while they are typed."""
