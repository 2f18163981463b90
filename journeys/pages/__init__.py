"""The public pages that messages lead to: an offer, the way out, what somebody gets, and an answer to a question."""
