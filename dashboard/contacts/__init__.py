"""A store's customers: found by an exact address or ID, with what they agreed to and what went wrong for them."""
