"""A new test on one page: every section saves itself while it is filled in, and the last one launches."""
