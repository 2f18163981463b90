"""How many visitors and weeks the next test takes, from the store's own figures or from typed ones."""
