"""A part of a test's visitors on a page of its own: chosen, read, exported, and never what a verdict is read from."""
