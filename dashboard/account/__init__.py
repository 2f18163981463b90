"""A user's account: logging in, two-factor authentication, the password, and email notifications."""
