"""The reader's own things: signing in, the second factor, the password, what one is told by e-mail."""
