"""Which products go together: counted in a store's own orders, changed by its merchandisers, and what may be said."""
