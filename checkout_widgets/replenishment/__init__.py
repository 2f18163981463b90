"""After how many days customers buy the same again: counted in a store's own orders, by product and quantity."""
