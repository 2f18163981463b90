"""What belongs to the reader: logging in, two-factor authentication, the password, and email notifications."""
