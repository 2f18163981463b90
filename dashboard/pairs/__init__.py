"""What is bought with what: pairs of products, counted in orders, and what merchandisers pin, ban and give a reason."""
