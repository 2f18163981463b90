"""The question that a store asks on its confirmation page: written, shown or not, and what shoppers answered."""
