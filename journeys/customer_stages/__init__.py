"""How far customers are with what they bought: worked out for each contact, kept, and told to the store's pages."""
