"""Hands messages to the mail server: each at most once, and it says what became of every one."""
