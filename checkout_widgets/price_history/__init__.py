"""What products cost before: prices noted from the catalog and from orders, and what an offer may be compared with."""
