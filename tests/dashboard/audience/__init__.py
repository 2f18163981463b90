"""Whom a draft is for."""
