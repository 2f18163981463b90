"""Passkeys (WebAuthn): added, named, and removed by their owner; for logging in, or as second factor."""
