"""What a preview link shows on the store's page: one variant, a bar to switch it, and why shoppers may see nothing."""
