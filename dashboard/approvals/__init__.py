"""Steps that a second person has to approve: shown on a test's pages, answered, and taken once approved."""
