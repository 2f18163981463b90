"""Offers with what became of them, the page where one is changed, and analytics of all of them."""
