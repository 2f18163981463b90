"""Whether a message may go out to a contact now: every check in its order, for planning and again at the claim."""
