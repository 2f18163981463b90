"""What a test's page has for working together: comments, its owner, and its tags."""
