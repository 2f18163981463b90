"""Offers and widgets, and all that shoppers' browsers and stores' servers talk to."""
